import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { columnTable, traceSchema } from '../../src/lab/workload/trace-schema.js';
import { RESOURCE_NAMES, ResourceSpace } from '../../src/model/index.js';
import { TRACE_COLUMNS } from '../../src/workloads/formats/trace-columns.js';
import { writtenColumns } from '../../src/workloads/formats/written-columns.js';
import { traceOf } from '../../src/workloads/row-sketch.js';

const NAMES = TRACE_COLUMNS.map(({ name }) => name);

describe('the columns of a trace', () => {
  it('stand in docs/formats.md as they are declared', () => {
    const page = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');
    expect(page).toContain(columnTable());
  });

  it('have a schema with types, units and what is required', () => {
    const { properties, required } = z.toJSONSchema(traceSchema) as {
      properties: Record<string, object>;
      required: string[];
    };
    expect(required).toEqual(['job_id', 'submit', 'duration']);
    expect(properties.submit).toEqual({
      type: 'number',
      minimum: 0,
      unit: 's',
      description: 'submission time',
    });
    expect(properties.tasks).toMatchObject({
      type: 'integer',
      description: 'number of tasks; without it: 1',
    });
    expect(traceSchema.safeParse({ job_id: 'a', submit: 0, duration: 'forever', cpus: 1 }).success).toBe(
      true,
    );
    expect(traceSchema.safeParse({ job_id: 'a', submit: -1, duration: 5 }).success).toBe(false);
  });

  it('are each written under their declared name', () => {
    const written = writtenColumns(
      traceOf(new ResourceSpace(RESOURCE_NAMES), []),
      new Map(NAMES.map((name) => [name, 'text'])),
    );
    expect(written.map(({ name }) => name).sort()).toEqual([...NAMES].sort());
  });
});
