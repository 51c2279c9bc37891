/**
 * Queries that are built and compiled once, with named parameters that get their values at each execution. The compiled query
 * depends on the dialect only, never on values or rows, so it cannot be stale. Built at each execution, the queries of the last 20
 * messages (B6) cost the server one and a half times all the rest.
 */
import type { CompiledQuery } from 'kysely';
import type { Query, Runnable, Sql } from './db.ts';

/** Marks the place of a value in the compiled query. */
class Parameter {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

type Parameters<Values> = { [Name in keyof Values]: Values[Name] };

/**
 * `build` runs once for each dialect. It must not depend on the values of its parameters, which are unknown when it runs.
 */
export function preparedQuery<Values extends object, Row>(
  build: (q: Query, place: Parameters<Values>, sql: Pick<Sql, 'dialect'>) => Runnable<Row>,
): (sql: Sql, values: Values) => Runnable<Row> {
  const compiled = new Map<Sql['dialect'], CompiledQuery<Row>>();
  const places = new Proxy({}, { get: (_, name) => new Parameter(String(name)) }) as Parameters<Values>;
  return (sql, values) => {
    let query = compiled.get(sql.dialect);
    if (!query) {
      query = build(sql.q, places, sql).compile(sql.q);
      compiled.set(sql.dialect, query);
    }
    const fixed = query;
    return {
      compile: () => ({
        ...fixed,
        parameters: fixed.parameters.map((value) =>
          value instanceof Parameter ? valueFor(values, value.name) : value,
        ),
      }),
    };
  };
}

function valueFor<Values extends object>(values: Values, name: string): unknown {
  return isKeyOf(values, name) ? values[name] : undefined;
}

const isKeyOf = <Values extends object>(values: Values, name: string): name is keyof Values & string =>
  Object.hasOwn(values, name);
