import { RandomStreams } from '../../../sim/random-streams.js';
import { settingsRecord } from '../../scenario/settings.js';
import type { Extension } from '../extension.js';
import {
  addedMachines,
  ELASTICITY_PARAMETERS,
  ELASTICITY_SECTIONS,
  planElasticity,
  pricedMachines,
} from './elasticity-plan.js';

/** Resources that follow the load: limits of services, revocable resources and rented machines. Also the cost of machines. */
export const elasticity = {
  name: 'elasticity',
  parameters: () => ELASTICITY_PARAMETERS,
  settingSections: {
    vertical: {
      about: 'limits that follow usage (docs/elasticity.md)',
      parameters: ELASTICITY_SECTIONS.vertical,
    },
    oversubscription: {
      about: 'allocated but unused resources that are offered again (docs/elasticity.md)',
      parameters: ELASTICITY_SECTIONS.oversubscription,
    },
    cloud: {
      about: 'rented machines, for the time when the own machines are too few',
      parameters: ELASTICITY_SECTIONS.cloud,
    },
    cost: {
      about: 'prices of machines whose file has no price',
      parameters: ELASTICITY_SECTIONS.cost,
    },
  },

  changeMachines: pricedMachines,
  moreMachines: ({ settings, own, open }) => addedMachines(settings.extensions.elasticity, own, open.trace),

  plan({ spec, settings, cluster, open, horizon, parts }) {
    const streams = new RandomStreams(spec.seed);
    const stream = (name: string) => streams.stream(name);
    const set = settings.extensions.elasticity;
    const { controls, constraintsOf, egress } = planElasticity(set, {
      trace: open.trace,
      cluster,
      stream,
      horizon,
      controllers: parts.controllers,
    });
    return {
      simulation: { controls, constraintsOf },
      egress,
      observers: controls?.services === undefined ? [] : [controls.services.observer],
    };
  },

  describe({ settings }) {
    const set = settings.extensions.elasticity;
    if (Object.keys(set).length === 0) return {};
    const given = ELASTICITY_PARAMETERS.filter(({ name }) => set[name] !== undefined);
    return { elasticity: settingsRecord(given, set) };
  },
} satisfies Extension;
