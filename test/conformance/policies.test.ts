import { SURVIVES_RESTART } from '../../src/conformance/restarts.js';
import { simulatedHost } from '../../src/conformance/simulated-host.js';
import { POLICIES } from '../../src/policies/registry.js';
import { conformance, type Exception } from './conformance.js';
import { policySubject } from './policy-subjects.js';

const EXCEPTIONS: Readonly<Record<string, readonly Exception[]>> = {
  conservative: [
    {
      check: SURVIVES_RESTART,
      reason: 'after a restart it may promise a start of this instant before it starts the job',
    },
  ],
};

for (const policy of POLICIES)
  conformance(policySubject(policy), simulatedHost, { runs: 80, except: EXCEPTIONS[policy.name] ?? [] });
