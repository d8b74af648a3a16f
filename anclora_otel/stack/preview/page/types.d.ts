/* What the page reads of a dashboard, and what it asks for: for the type checker alone. */

export interface Range { from: number; to: number }
export interface Step { value: number | null; color: string }
export interface Link { title: string; url: string }
export interface Source { type: string; uid: string }

export interface Target {
  refId: string;
  expr: string;
  datasource: Source;
  legendFormat?: string;
  format?: string;
  instant?: boolean;
  exemplar?: boolean;
}

export interface Transformation {
  id: string;
  options: {
    excludeByName?: Record<string, boolean>;
    renameByName?: Record<string, string>;
    indexByName?: Record<string, number>;
  };
}

export interface Defaults {
  unit?: string;
  decimals?: number;
  min?: number;
  max?: number;
  links?: Link[];
  thresholds?: { mode: string; steps: Step[] };
  custom?: {
    fillOpacity?: number;
    lineWidth?: number;
    axisSoftMax?: number;
    stacking?: { mode: string };
    thresholdsStyle?: { mode: string };
  };
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: Target[];
  fieldConfig?: { defaults: Defaults };
  options?: { legend?: { showLegend?: boolean }; graphMode?: string; sortOrder?: string };
  transformations?: Transformation[];
  timeFrom?: string;
}

export interface Variable {
  name: string;
  label?: string;
  type: string;
  query: string | { query: string };
  allValue?: string;
  multi?: boolean;
  current?: { value: string | string[] };
}

export interface Annotation {
  name: string;
  iconColor: string;
  titleFormat: string;
  useValueForTime: boolean;
  enable: boolean;
  target: { expr: string };
}

export interface Dashboard {
  uid: string;
  title: string;
  description?: string;
  panels: Panel[];
  templating: { list: Variable[] };
  annotations: { list: Annotation[] };
  time: { from: string; to: string };
  refresh?: string;
}

export type Labels = Record<string, string>;
export type Point = [number, number | null];
export interface Series { name: string; labels: Labels; points: Point[] }
export interface Exemplar { time: number; value: number; traceId: string; labels: Labels }
export interface Event { time: number; end: number; title: string; colour: string }
export interface Line { time: number; text: string; level: string; labels: Labels }

export interface Answer {
  series: Series[];
  exemplars: Exemplar[];
  lines: Line[];
  stepSeconds: number;
}

export interface Context {
  dashboard: Dashboard;
  range: Range;
  values: Record<string, string[]>;
  events: Event[];
  dark: boolean;
  grafana: string;
  showTrace: (traceId: string) => void;
}

export interface Drawing {
  panel: Panel;
  answer: Answer;
  body: HTMLElement;
  context: Context;
  range: Range;
}
