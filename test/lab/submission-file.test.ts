import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSubmission } from '../../src/lab/scenario/submission-file.js';
import { FOREVER, fromSeconds } from '../../src/model/index.js';

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'fairground-submission-')), 'work.yaml');
  writeFileSync(path, text);
  return path;
}

describe('a submission file', () => {
  it('has constraints and placement rules in the form of CSV columns', () => {
    const text = `
jobs:
  render:
    command: ./render
    cpus: 1
    constraint: rack=r1|r2;cores>=8;!gpu_model
    prefers: 10*ssd;zone!=b
    spread: { machine: 1, rack: 3 }
    together: [zone]
services:
  web: { command: ./serve, cpus: 1, constraint: '!gpu_model', prefers: ssd }
`;
    const { jobs, services } = readSubmission(file(text));
    expect(jobs[0]).toMatchObject({
      constraint: [
        { attribute: 'rack', operator: 'equal', values: ['r1', 'r2'] },
        { attribute: 'cores', operator: 'at-least', bound: 8 },
        { attribute: 'gpu_model', operator: 'absent' },
      ],
      rule: {
        spread: [
          { attribute: 'machine', atMost: 1 },
          { attribute: 'rack', atMost: 3 },
        ],
        together: ['zone'],
        avoid: [],
        beside: [],
        prefers: [
          { constraint: { attribute: 'ssd', operator: 'present' }, weight: 10 },
          { constraint: { attribute: 'zone', operator: 'not-equal', values: ['b'] }, weight: 1 },
        ],
      },
    });
    expect(services[0].constraint).toEqual([{ attribute: 'gpu_model', operator: 'absent' }]);
    expect(services[0].rule?.prefers).toEqual([
      { constraint: { attribute: 'ssd', operator: 'present' }, weight: 1 },
    ]);
  });

  it.each([
    ['constraint: ssd;cores>many', 5, 'jobs.a.constraint', 'a number after > in "cores>many"'],
    ['prefers: 0*ssd', 5, 'jobs.a.prefers', 'a whole weight from 1 to 100 before *'],
    ['spread: { rack: 0 }', 5, 'jobs.a.spread.rack', 'a number >= 1'],
  ])('names file, line and field of a mistake in %s', (line, at, field, expected) => {
    const path = file(`jobs:\n  a:\n    command: ./a\n    cpus: 1\n    ${line}\n`);
    let message = '';
    try {
      readSubmission(path);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(`${path}:${at}:`);
    expect(message).toContain(field);
    expect(message).toContain(expected);
  });

  it('has jobs and services, with the usual terms where it says nothing', () => {
    const text = `
jobs:
  render:
    command: ./render $FAIRGROUND_TASK
    tasks: 20
    cpus: 1.5
    estimate: 10m
    time_limit: 1h
    deadline: 2h
    user: ann
    labels: { team: ads, tier: 2 }
services:
  web:
    command: exec ./serve
    mem: 64
    env: { PORT: 8080 }
    health: { command: ./probe, interval: 5s, failures: 3 }
`;
    expect(readSubmission(file(text))).toEqual({
      jobs: [
        {
          name: 'render',
          command: './render $FAIRGROUND_TASK',
          demand: { cpus: 1.5, mem: 0, disk: 0 },
          priority: 0,
          environment: {},
          tasks: 20,
          estimate: fromSeconds(600),
          timeLimit: fromSeconds(3600),
          deadline: fromSeconds(7200),
          user: 'ann',
          labels: { team: 'ads', tier: '2' },
          gang: false,
          retries: 0,
        },
      ],
      services: [
        {
          name: 'web',
          command: 'exec ./serve',
          demand: { cpus: 0, mem: 64, disk: 0 },
          priority: 0,
          environment: { PORT: '8080' },
          instances: 1,
          healthCheck: {
            type: 'COMMAND',
            command: { value: './probe' },
            interval_seconds: 5,
            consecutive_failures: 3,
          },
          readyAfter: fromSeconds(5),
          readyWithin: fromSeconds(120),
        },
      ],
    });
    expect(readSubmission(file('jobs: { a: { command: "true", cpus: 1 } }')).jobs[0]?.estimate).toBe(FOREVER);
  });

  it.each([
    ['jobs:\n  a:\n    command: "true"\n    cpu: 1\n', /work\.yaml:4:\d+: jobs\.a\.cpu: unknown key/],
    ['jobs:\n  a:\n    cpus: 1\n', /work\.yaml:\d+:\d+: jobs\.a\.command: /],
    [
      'jobs:\n  a:\n    command: "true"\n    cpus: 1\n    tasks: many\n',
      /work\.yaml:5:\d+: jobs\.a\.tasks: /,
    ],
    [
      'jobs:\n  a:\n    command: "true"\n    cpus: 1\n    estimate: soon\n',
      /work\.yaml:5:\d+: jobs\.a\.estimate: found "soon", expected /,
    ],
    ['services:\n  ../x:\n    command: "true"\n', /work\.yaml:\d+:\d+: services\.\.\.\/x: /],
    [
      'services:\n  a:\n    command: "true"\n    health: { cmd: x }\n',
      /work\.yaml:4:\d+: services\.a\.health\.(cmd|command): /,
    ],
    ['jobs:\n  a:\n    command: "true"\n', /work\.yaml:\d+:\d+: jobs\.a: expected cpus or mem above 0/],
    ['jobs: [\n', /work\.yaml:\d+:\d+: /],
  ])('that is wrong is refused with its line and field: %j', (text, message) => {
    expect(() => readSubmission(file(text))).toThrow(message);
  });
});
