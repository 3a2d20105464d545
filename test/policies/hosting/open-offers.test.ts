import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FOREVER, NONE } from '../../../src/model/index.js';
import { OpenOffers } from '../../../src/policies/hosting/open-offers.js';

/** The same with a list. */
class NaiveOffers {
  private readonly offers: { number: number; framework: number; machine: number; since: number }[] = [];
  private next = 0;

  open(framework: number, machine: number, now: number): number {
    this.offers.push({ number: this.next, framework, machine, since: now });
    return this.next++;
  }

  close(number: number): void {
    const place = this.offers.findIndex((offer) => offer.number === number);
    if (place >= 0) this.offers.splice(place, 1);
  }

  get oldest() {
    return this.offers[0];
  }
}

describe('open offers', () => {
  it('name the oldest open offer, as a list of them does, whatever the order of the ends', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(400)), { maxLength: 400 });
    fc.assert(
      fc.property(steps, (given) => {
        const [offers, naive] = [new OpenOffers(1000), new NaiveOffers()];
        let made = 0;
        given.forEach(([isEnd, draw], now) => {
          if (isEnd && made > 0) {
            offers.close(draw % made);
            naive.close(draw % made);
          } else if (!isEnd && ++made > 0)
            expect(offers.open(draw, now % 7, now)).toBe(naive.open(draw, now % 7, now));
          const { oldest } = naive;
          expect(offers.oldest).toBe(oldest?.number ?? NONE);
          if (oldest === undefined) return;
          const found = [offers.frameworkOf, offers.machineOf, offers.endsAt].map((of) =>
            of.call(offers, oldest.number),
          );
          expect(found).toEqual([oldest.framework, oldest.machine, oldest.since + 1000]);
        });
      }),
    );
  });

  it('never end without a timeout, and still have numbers', () => {
    const offers = new OpenOffers(FOREVER);
    expect([offers.open(0, 0, 0), offers.open(0, 1, 0)]).toEqual([0, 1]);
    expect(offers.oldest).toBe(NONE);
  });
});
