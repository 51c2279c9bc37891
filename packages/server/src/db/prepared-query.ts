/**
 * Queries compiled once: a builder with named places, whose values are filled in at each execution. What is kept depends on
 * the dialect only, never on values or rows, so it cannot be stale.
 */
import type { CompiledQuery } from 'kysely';
import type { Query, Runnable, Sql } from './db.ts';

/** Stands in the compiled query where a value comes later. */
class Parameter {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

type Parameters<Values> = { [Name in keyof Values]: Values[Name] };

/**
 * Builds a query once per dialect and executes it ever after without building or compiling.
 * `build` must read every place it needs; it may not decide by their values, which are unknown when it runs.
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
          value instanceof Parameter ? values[value.name as keyof Values] : value,
        ),
      }),
    };
  };
}
