/** One line of the benchmark table. */
export interface Row {
  readonly name: string;
  readonly figure: number;
  readonly unit: string;
  /** What was asked for, as people write it. */
  readonly goal?: string;
  readonly ok?: boolean;
}
