// The rules of the house (docs/architecture.md): who may import whom. CI runs them as `npm run layers`.
const pure = '^src/(model|policies|sim|metrics|formulas|workloads/services|results/(?!files/))';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'model-imports-nothing',
      severity: 'error',
      from: { path: '^src/model/' },
      to: { pathNot: '^src/model/' },
    },
    {
      name: 'policies-import-model-only',
      severity: 'error',
      from: { path: '^src/policies/' },
      to: { pathNot: '^src/(policies|model)/' },
    },
    {
      name: 'control-loops-know-no-host',
      severity: 'error',
      comment: 'A control loop gets a view and actions, so that it cannot reach the hidden state of a task.',
      from: { path: '^src/policies/controllers/' },
      to: { pathNot: '^src/(model/|policies/(controllers/|contract))' },
    },
    {
      name: 'metrics-import-model-only',
      severity: 'error',
      comment: 'zod defines the schema of summary.json; nothing of ours but the model may be imported.',
      from: { path: '^src/metrics/' },
      to: { path: '^src/', pathNot: '^src/(metrics|model)/' },
    },
    {
      name: 'conformance-is-for-cli-and-authors',
      severity: 'error',
      from: { pathNot: '^src/(conformance|cli)/' },
      to: { path: '^src/conformance/' },
    },
    {
      name: 'nothing-imports-cli',
      severity: 'error',
      from: { pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'sim-and-live-are-strangers',
      severity: 'error',
      from: { path: '^src/(sim|live)/' },
      to: { path: '^src/(sim|live)/', pathNot: '^src/$1/' },
    },
    {
      name: 'live-knows-policies-and-model',
      severity: 'error',
      comment: 'A master decides with the policies that were studied, and needs nothing of the study to run.',
      from: { path: '^src/live/' },
      to: { path: '^src/', pathNot: '^src/(live|policies|model)/' },
    },
    {
      name: 'workloads-know-no-host',
      severity: 'error',
      from: { path: '^src/workloads/' },
      to: { path: '^src/', pathNot: '^src/(workloads|model)/' },
    },
    {
      name: 'results-import-metrics-and-model',
      severity: 'error',
      comment:
        'Results are summaries as data: everything that a report or a table needs, and nothing that runs anything.',
      from: { path: '^src/results/' },
      to: { path: '^src/', pathNot: '^src/(results|metrics|model)/' },
    },
    {
      name: 'formulas-import-policies-model-and-results',
      severity: 'error',
      from: { path: '^src/formulas/' },
      to: { path: '^src/', pathNot: '^src/(formulas|policies|model|results/(?!files/))' },
    },
    {
      name: 'formulas-are-imported-when-used',
      severity: 'error',
      comment: 'A static import would load mathjs in every run.',
      from: { pathNot: '^src/(formulas|report/playground)/' },
      to: { path: '^src/formulas/', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'mathjs-is-for-formulas',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/formulas/' },
      to: { path: 'node_modules/mathjs/' },
    },
    {
      name: 'lab-imports-nothing-above-it',
      severity: 'error',
      from: { path: '^src/lab/' },
      to: { path: '^src/(studies|report|cli|conformance)/' },
    },
    {
      name: 'library-is-the-surface',
      severity: 'error',
      comment:
        'The functions of the package for programs. Only the entry point imports them; the command has its own way to the lab.',
      from: { pathNot: '^src/(library/|index\\.ts$)' },
      to: { path: '^src/(library/|index\\.ts$)' },
    },
    {
      name: 'library-imports-lab-report-and-results',
      severity: 'error',
      comment: 'And policies, because a policy may be given as an object.',
      from: { path: '^src/library/' },
      to: { path: '^src/', pathNot: '^src/(library|lab|report|results|metrics|policies|model|workloads)/' },
    },
    {
      name: 'studies-are-for-reproduce',
      severity: 'error',
      from: { pathNot: '^src/(studies/|cli/commands/reproduce\\.ts$)' },
      to: { path: '^src/studies/' },
    },
    {
      name: 'report-reads-results-only',
      severity: 'error',
      comment: 'A report is a function of its records. It may group and compare them; it runs nothing.',
      from: { path: '^src/report/(?!playground/)' },
      to: { path: '^src/', pathNot: '^src/(report|results|metrics|model)/' },
    },
    {
      name: 'playground-runs-the-engine-in-a-page',
      severity: 'error',
      comment: 'The simulator of an interactive report. A test bundles it for a browser.',
      from: { path: '^src/report/playground/' },
      to: {
        path: '^src/',
        pathNot:
          '^src/(report|results/(?!files/)|metrics|model|formulas|sim|policies|workloads/(?!formats/|machines-file)|lab/run/(?!node/)|lab/policy-file/policy-use|lab/scenario/policy-uses|lab/workload/workload\\.ts$)',
      },
    },
    {
      name: 'report-client-runs-in-a-browser',
      severity: 'error',
      comment:
        'What is inlined in the page: the drawing, the form of its data, the text of numbers, and the intervals of what a reader picks.',
      from: { path: '^src/report/client/' },
      to: {
        path: '^src/',
        pathNot:
          '^src/report/(client/|(report-data|schedule-form|distribution-form|packed-series|packed-bytes|experiment|sweep/sweep-data)\\.ts$)|^src/(model/micros|metrics/attempt-ends)\\.ts$|^src/results/(interval-text|metric-text|statistics/(mean-interval|paired-difference|simultaneous))\\.ts$',
      },
    },
    {
      name: 'no-node-in-the-report-client',
      severity: 'error',
      from: { path: '^src/report/client/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-node-in-the-pure-parts',
      severity: 'error',
      comment: 'The same engine runs in a worker thread and inside an HTML report.',
      from: { path: pure },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-node-in-runs',
      severity: 'error',
      comment:
        'A run works in a browser too: src/lab/run/node/ passes in what needs files. A test bundles the run for a browser.',
      from: { path: '^src/lab/run/(?!node/)|^src/lab/extensions/(?!failures/failure-trace)' },
      to: {
        path: '^src/(lab/run/node|lab/workload/workload-file|lab/policy-file/policy-file|results/files|workloads/(machines-file|formats))|^node:',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types'],
    },
  },
};
