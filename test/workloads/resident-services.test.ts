import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, FOREVER } from '../../src/model/index.js';
import { cassandra } from '../../src/workloads/services/cassandra.js';
import { elasticsearch } from '../../src/workloads/services/elasticsearch.js';
import { kafka } from '../../src/workloads/services/kafka.js';
import { dailySinusoid, sinusoidAt } from '../../src/workloads/services/load-curves.js';
import { SPACE, serviceRows } from './service-rows.js';

const GIB = 1024;

describe('services that stay', () => {
  it.each([
    [cassandra, 'nodes', 60, { cpus: 6, mem: 28 * GIB, disk: 1024 * GIB }, [0.25, 0.7, 1]],
    [elasticsearch, 'nodes', 40, { cpus: 6, mem: 32 * GIB, disk: 1024 * GIB }, [0.35, 0.75, 1]],
  ])(
    '$name is one job of all its nodes, there from the beginning and for ever',
    (service, parameter, nodes, amounts, usage) => {
      const { rows } = serviceRows(service);
      expect(rows).toMatchObject([
        {
          submit: 0,
          tasks: nodes,
          demand: SPACE.quanta(amounts),
          duration: FOREVER,
          estimate: FOREVER,
          usage,
        },
      ]);
      expect(serviceRows(service, { [parameter]: 7 }).rows[0].tasks).toBe(7);
      expect(serviceRows(service, { [parameter]: 0 }).rows).toEqual([]);
    },
  );

  it('a Kafka broker holds its part of rate x retention x replicas', () => {
    const disk = (set: Readonly<Record<string, number>>) => serviceRows(kafka, set).rows[0].demand[2];
    // 40 MB/s for a week, three times, on 40 brokers: 1,814,400 MB each, in MiB.
    expect(disk({})).toBe(Math.ceil((40 * 168 * 3600 * 3 * 1e6) / 2 ** 20 / 40));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.double({ min: 0, max: 300, noNaN: true }),
        fc.integer({ min: 1, max: 336 }),
        fc.integer({ min: 1, max: 5 }),
        (brokers, ingressMBps, retentionHours, replicas) => {
          const bytes = ingressMBps * 1e6 * retentionHours * 3600 * replicas;
          fc.pre(bytes / 2 ** 20 / brokers < 2 ** 31 - 1);
          const held = disk({ brokers, ingressMBps, retentionHours, replicas }) * 2 ** 20 * brokers;
          expect(held).toBeGreaterThanOrEqual(bytes * (1 - 1e-12));
          expect(held).toBeLessThan(bytes + 2 ** 20 * brokers + 1);
        },
      ),
    );
    expect(serviceRows(kafka, { brokers: 0 }).rows).toEqual([]);
  });

  it('more of a log than a disk can hold is a mistake of the person who set it', () => {
    expect(() => serviceRows(kafka, { brokers: 1, ingressMBps: 5000 })).toThrow(
      /disk: found "\d+", expected at most/,
    );
  });

  it('CPU of Kafka and Elasticsearch follows a daily wave, that of Cassandra is flat', () => {
    for (const [service, peakToMean, hour] of [
      [kafka, 1.4, 15],
      [elasticsearch, 1.6, 14],
    ] as const) {
      const { rows, curves } = serviceRows(service);
      const curve = curves[rows[0].curve];
      expect(curve).toEqual(dailySinusoid(peakToMean, hour));
      expect(serviceRows(service, { peakToMean: 1.1, peakHour: 3 }).curves[1]).toEqual(dailySinusoid(1.1, 3));
    }
    expect(serviceRows(cassandra).rows[0].curve).toBe(0);
  });
});

describe('the daily wave', () => {
  it('has mean 1, its peak at the peak hour and its trough twelve hours away', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 2, noNaN: true }),
        fc.integer({ min: 0, max: 23 }),
        (peakToMean, peakHour) => {
          const { step, values } = dailySinusoid(peakToMean, peakHour);
          expect(step * values.length).toBe(DAY);
          expect(values.reduce((a, b) => a + b, 0) / values.length).toBeCloseTo(1, 12);
          expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
          const atPeak = values[(peakHour * 60) / 5];
          expect(Math.max(...values) - atPeak).toBeLessThan(1e-9);
          expect(atPeak).toBeCloseTo(peakToMean, 3);
          expect(sinusoidAt(peakHour / 24, peakToMean, peakHour)).toBe(peakToMean);
          expect(sinusoidAt((peakHour + 12) / 24, peakToMean, peakHour)).toBeCloseTo(2 - peakToMean, 12);
        },
      ),
    );
  });
});
