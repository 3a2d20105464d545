// Closed forms of queueing theory (Harchol-Balter, "Performance Modeling and Design of Computer Systems", 2013). The service rate
// is 1, and times are in mean service times.

/** Probability that a customer of M/M/c waits (Erlang C). `load` is the utilization of each of the c servers. */
export function erlangC(servers: number, load: number): number {
  const blocking = erlangB(servers, servers * load);
  return blocking / (1 - load * (1 - blocking));
}

/** Probability that a customer of M/M/c/c is lost (Erlang B), by the recursion, which does not overflow. */
export function erlangB(servers: number, offered: number): number {
  let blocking = 1;
  for (let k = 1; k <= servers; k++) blocking = (offered * blocking) / (k + offered * blocking);
  return blocking;
}

/** Mean time in the queue of M/M/c. */
export function waitMMc(servers: number, load: number): number {
  return erlangC(servers, load) / (servers * (1 - load));
}

/** Mean time in the queue of M/G/1 (Pollaczek-Khinchine); `squaredCv` is the squared coefficient of variation. */
export function waitMG1(load: number, squaredCv: number): number {
  return (load * (1 + squaredCv)) / (2 * (1 - load));
}

/** Probability that a customer of M/M/c waits longer than `limit`. */
export function waitTailMMc(servers: number, load: number, limit: number): number {
  return erlangC(servers, load) * Math.exp(-servers * (1 - load) * limit);
}

/** The quantile of the time in the system of M/M/1, which is exponential. */
export function stayQuantileMM1(load: number, quantile: number): number {
  return -Math.log(1 - quantile) / (1 - load);
}

/**
 * Mean time in the queue of each class of M/M/1 with non-preemptive priorities (Cobham 1954). `loads` is the load of each class,
 * highest priority first.
 */
export function waitsWithPriorities(loads: readonly number[]): number[] {
  const residual = loads.reduce((sum, load) => sum + load, 0);
  let above = 0;
  return loads.map((load) => {
    const before = 1 - above;
    above += load;
    return residual / (before * (1 - above));
  });
}

/**
 * Mean time in the system when each customer joins the shortest of `choices` random queues, in the limit of infinitely many
 * queues (Mitzenmacher, IEEE TPDS 12 (10), 2001).
 */
export function stayOfChoices(choices: number, load: number): number {
  let sum = 0;
  for (let i = 1; i < 30; i++) sum += load ** ((choices ** i - choices) / (choices - 1));
  return sum;
}
