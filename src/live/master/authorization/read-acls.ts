import { z } from 'zod';
import { InputError, quote } from '../../../model/index.js';
import { readJsonFile } from '../../json-file.js';
import { type Acls, type Action, type Entities, INAPPLICABLE, OBJECT_OF, type Rule } from './acls.js';

const entitiesSchema = z.union([
  z.strictObject({ type: z.enum(['ANY', 'NONE']) }),
  z.strictObject({ type: z.literal('SOME').optional(), values: z.array(z.string()).min(1) }),
]);

const ENTITIES_FORM = '{"values": ["…"]}, {"type": "ANY"} or {"type": "NONE"}';

/**
 * Reads rules in the Mesos format: `{"permissive": false, "run_tasks": [{"principals": {"values": ["p"]}, "users": {"type": "ANY"}}]}`.
 * @throws InputError
 */
export function readAcls(file: string): Acls {
  const json = readJsonFile(file);
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw InputError.expected({ file }, json, 'an object with a list of rules per action');
  const { permissive = true, ...actions } = json as Record<string, unknown>;
  if (typeof permissive !== 'boolean')
    throw InputError.expected({ file, field: 'permissive' }, permissive, 'true or false');
  const rules: Partial<Record<Action, readonly Rule[]>> = {};
  for (const [action, list] of Object.entries(actions)) {
    const place = { file, field: action };
    if (INAPPLICABLE.has(action)) continue;
    if (!Object.hasOwn(OBJECT_OF, action))
      throw new InputError(place, `unknown action, expected one of ${Object.keys(OBJECT_OF).join(', ')}`);
    if (!Array.isArray(list)) throw InputError.expected(place, list, 'a list of rules');
    rules[action as Action] = list.map((rule, i) =>
      readRule({ file, field: `${action}[${i}]` }, action as Action, rule),
    );
  }
  return { permissive, rules };
}

function readRule(place: { file: string; field: string }, action: Action, rule: unknown): Rule {
  const object = OBJECT_OF[action];
  const members = typeof rule === 'object' && rule !== null ? Object.keys(rule).sort().join(', ') : '';
  if (members !== ['principals', object].sort().join(', '))
    throw InputError.expected(place, rule, `an object with "principals" and ${quote(object)}`);
  const { principals, [object]: objects } = rule as Record<string, unknown>;
  return {
    subjects: readEntities({ ...place, field: `${place.field}.principals` }, principals),
    objects: readEntities({ ...place, field: `${place.field}.${object}` }, objects),
  };
}

function readEntities(place: { file: string; field: string }, value: unknown): Entities {
  const parsed = entitiesSchema.safeParse(value);
  if (!parsed.success) throw InputError.expected(place, value, ENTITIES_FORM);
  const { data } = parsed;
  return 'values' in data ? { type: 'SOME', values: data.values } : { type: data.type };
}
