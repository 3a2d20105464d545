/** Closed forms of queueing theory; the service rate is 1 throughout. See any textbook, such as Harchol-Balter 2013. */

/** Probability that a customer of M/M/c waits: Erlang C. `load` is the utilization of each of the c servers. */
export function erlangC(servers: number, load: number): number {
  const blocking = erlangB(servers, servers * load);
  return blocking / (1 - load * (1 - blocking));
}

/** Probability that a customer of M/M/c/c is turned away, by the recursion that does not overflow. */
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
