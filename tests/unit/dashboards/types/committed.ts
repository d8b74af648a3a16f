import type { AnnotationQuery, Dashboard, DataQuery } from '@grafana/schema';

/** What the Prometheus data source adds to an annotation; the schema leaves it to the data source. */
interface Query extends DataQuery {
  expr: string;
  interval: string;
  instant: boolean;
  range: boolean;
}
interface Event extends AnnotationQuery<Query> {
  titleFormat: string;
  useValueForTime: boolean;
}

/** Enumerations as JSON writes them: by their value. */
type Written<T> = T extends string
  ? `${T}`
  : T extends (infer E)[]
    ? Written<E>[]
    : T extends object
      ? { [K in keyof T]: Written<T[K]> }
      : T;

export type Committed = Written<Omit<Dashboard, 'annotations'> & { annotations: { list: Event[] } }>;
