import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FOREVER, NONE } from '../../../src/model/index.js';
import { OpenOffers } from '../../../src/policies/hosting/open-offers.js';

/** The same with a list. */
class NaiveOffers {
  private readonly offers: { number: number; framework: number; machine: number; end: number }[] = [];
  private readonly timeout: number;
  private next = 0;

  constructor(timeout: number) {
    this.timeout = timeout;
  }

  open(framework: number, machine: number, now: number, until: number): number {
    this.offers.push({ number: this.next, framework, machine, end: Math.min(now + this.timeout, until) });
    return this.next++;
  }

  endBy(number: number, until: number): void {
    const offer = this.offers.find((one) => one.number === number);
    if (offer !== undefined) offer.end = Math.min(offer.end, until);
  }

  close(number: number): void {
    const place = this.offers.findIndex((offer) => offer.number === number);
    if (place >= 0) this.offers.splice(place, 1);
  }

  get first() {
    return [...this.offers].sort((a, b) => a.end - b.end || a.number - b.number)[0];
  }

  endOf(number: number) {
    return this.offers.find((one) => one.number === number)?.end;
  }
}

describe('open offers', () => {
  it.each([1000, FOREVER])(
    'name the offer that ends first, as a list of them does, with the timeout %s',
    (timeout) => {
      const step = fc.record({
        what: fc.constantFrom('open', 'open until', 'end', 'shorten'),
        draw: fc.nat(400),
        lasts: fc.integer({ min: 1, max: 1500 }),
      });
      fc.assert(
        fc.property(fc.array(step, { maxLength: 400 }), (given) => {
          const [offers, naive] = [new OpenOffers(timeout), new NaiveOffers(timeout)];
          const open = new Map<number, { framework: number; machine: number }>();
          const shorten = (number: number, until: number) => {
            const { framework, machine } = open.get(number) as { framework: number; machine: number };
            offers.endBy(number, framework, machine, until);
            naive.endBy(number, until);
          };
          given.forEach(({ what, draw, lasts }, now) => {
            const chosen = [...open.keys()][draw % Math.max(1, open.size)];
            if (what === 'end' && chosen !== undefined) {
              offers.close(chosen);
              naive.close(chosen);
              open.delete(chosen);
            } else if (what === 'shorten' && chosen !== undefined) shorten(chosen, now + lasts);
            else if (what.startsWith('open')) {
              const number = offers.open(draw, now % 7, now);
              expect(number).toBe(naive.open(draw, now % 7, now, FOREVER));
              open.set(number, { framework: draw, machine: now % 7 });
              if (what === 'open until') shorten(number, now + lasts);
            }
            const { first } = naive;
            const found = offers.nextToEnd;
            if (first === undefined || first.end === FOREVER) {
              expect(found).toBe(NONE);
              return;
            }
            // Of several that end at one time, either may be first.
            expect(naive.endOf(found)).toBe(first.end);
            expect(offers.endsAt(found)).toBe(first.end);
            expect({ framework: offers.frameworkOf(found), machine: offers.machineOf(found) }).toEqual(
              open.get(found),
            );
          });
        }),
      );
    },
  );

  it('never end without a timeout and an end of their own, and still have numbers', () => {
    const offers = new OpenOffers(FOREVER);
    expect([offers.open(0, 0, 0), offers.open(0, 1, 0)]).toEqual([0, 1]);
    expect(offers.nextToEnd).toBe(NONE);
  });
});
