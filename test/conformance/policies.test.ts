import { simulatedHost } from '../../src/conformance/simulated-host.js';
import { POLICIES } from '../../src/policies/registry.js';
import { conformance } from './conformance.js';
import { policySubject } from './policy-subjects.js';

for (const policy of POLICIES) conformance(policySubject(policy), simulatedHost, { runs: 80 });
