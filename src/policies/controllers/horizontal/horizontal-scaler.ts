import type { Micros, ScalingTerms } from '../../../model/index.js';
import type { Controller, ControlSink, ControlView, ServiceId } from '../../contract-control.js';
import { RECOMMENDATIONS, Stabilization } from './stabilization.js';
import { afterCoolDown, LoadHistory, wantedInstances } from './wanted-instances.js';

/** Key of the remembered times: of the first call, and of the latest change after it. */
const CHANGES = 'changes';

/** Scales one service with its load: the utilization of its ready instances sets the wanted number of instances. */
export class HorizontalScaler implements Controller {
  readonly name: string;
  readonly needs = ['scale'] as const;
  private readonly service: ServiceId;
  private readonly terms: ScalingTerms;
  private history: LoadHistory;
  private readonly stabilization: Stabilization;
  private began: Micros = 0;
  private changedAt: Micros = Number.NEGATIVE_INFINITY;

  constructor(service: ServiceId, name: string, terms: ScalingTerms) {
    this.name = `horizontal scaler of ${name}`;
    this.service = service;
    this.terms = terms;
    this.history = new LoadHistory(terms.every);
    this.stabilization = new Stabilization(terms);
  }

  begin(view: ControlView): Micros {
    const [began, changedAt] = (view.recall(CHANGES) ?? '').split(' ').map(Number);
    this.began = changedAt === undefined ? view.now : began;
    this.changedAt = changedAt ?? Number.NEGATIVE_INFINITY;
    this.history = new LoadHistory(this.terms.every);
    this.history.restore((key) => view.recall(key));
    this.stabilization.restore(view.recall(RECOMMENDATIONS));
    return view.now;
  }

  control(view: ControlView, act: ControlSink): void {
    const { now, services } = view;
    const { service, terms, history } = this;
    const wanted = services.wanted(service);
    const serving = services.ready(service);
    const utilization = services.utilization(service);
    history.record(serving === 0 ? 0 : serving * utilization, now);
    const asked = wantedInstances({ now, wanted, serving, utilization }, (time) => history.at(time), terms);
    const stable = this.stabilization.stabilized(asked, wanted, now);
    const allowed = afterCoolDown(stable, wanted, now - this.changedAt, terms);
    // The first call sets the initial number. No cool-down follows it.
    if (allowed !== wanted && now > this.began) this.changedAt = now;
    const changes = `${this.began} ${this.changedAt}`;
    if (changes !== view.recall(CHANGES)) act.remember(CHANGES, changes);
    if (!this.stabilization.isOff) act.remember(RECOMMENDATIONS, this.stabilization.stored());
    // Only a forecast reads loads of the past.
    if (terms.rule === 'predictive') act.remember(...history.stored());
    act.scale(service, allowed);
    act.wakeAt(now + terms.every);
  }
}
