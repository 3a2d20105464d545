import type { Micros, ScalingTerms } from '../../../model/index.js';
import type { Controller, ControlSink, ControlView, ServiceId } from '../../contract-control.js';
import { afterCoolDown, LoadHistory, wantedInstances } from './wanted-instances.js';

/** Scales one service with its load: the utilization of its ready instances sets the wanted number of instances. */
export class HorizontalScaler implements Controller {
  readonly name: string;
  readonly needs = ['scale'] as const;
  private readonly service: ServiceId;
  private readonly terms: ScalingTerms;
  private history: LoadHistory;
  private began: Micros = 0;
  private changedAt: Micros = Number.NEGATIVE_INFINITY;

  constructor(service: ServiceId, name: string, terms: ScalingTerms) {
    this.name = `horizontal scaler of ${name}`;
    this.service = service;
    this.terms = terms;
    this.history = new LoadHistory(terms.every);
  }

  begin({ now }: ControlView): Micros {
    this.began = now;
    this.changedAt = Number.NEGATIVE_INFINITY;
    this.history = new LoadHistory(this.terms.every);
    return now;
  }

  control({ now, services }: ControlView, act: ControlSink): void {
    const { service, terms, history } = this;
    const wanted = services.wanted(service);
    const serving = services.ready(service);
    const utilization = services.utilization(service);
    history.record(serving === 0 ? 0 : serving * utilization, now);
    const asked = wantedInstances({ now, wanted, serving, utilization }, (time) => history.at(time), terms);
    const allowed = afterCoolDown(asked, wanted, now - this.changedAt, terms);
    // The first call sets the initial number. No cool-down follows it.
    if (allowed !== wanted && now > this.began) this.changedAt = now;
    act.scale(service, allowed);
    act.wakeAt(now + terms.every);
  }
}
