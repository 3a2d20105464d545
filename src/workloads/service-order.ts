import { InputError, type Micros } from '../model/index.js';

/** A service and those that it comes after, by name. */
export interface OrderedService {
  readonly name: string;
  readonly after: readonly string[];
}

/**
 * When each service is submitted: at 0, or when all that it comes after have been submitted and had their startup. By name, Micros.
 * @throws InputError when one comes after a service that there is not, or, by way of others, after itself.
 */
export function submitTimes(
  services: readonly OrderedService[],
  startupOf: (name: string) => Micros,
): ReadonlyMap<string, Micros> {
  const byName = new Map(services.map((service) => [service.name, service]));
  const times = new Map<string, Micros>();
  const visit = (service: OrderedService, path: readonly string[]): Micros => {
    const known = times.get(service.name);
    if (known !== undefined) return known;
    const place = { field: `services.${service.name}.after` };
    if (path.includes(service.name)) {
      const circle = [...path.slice(path.indexOf(service.name)), service.name];
      throw new InputError(place, `no service of a circle can be first: ${circle.join(' after ')}`);
    }
    const time = Math.max(
      0,
      ...service.after.map((name) => {
        const earlier = byName.get(name);
        if (earlier === undefined)
          throw InputError.expected(place, name, `one of the services ${[...byName.keys()].join(', ')}`);
        return visit(earlier, [...path, service.name]) + startupOf(name);
      }),
    );
    times.set(service.name, time);
    return time;
  };
  for (const service of services) visit(service, []);
  return times;
}
