/** What `nwctl explain CODE` says: what is wrong in general and why it is refused; and what to do. */
export interface Page {
  readonly why: string;
  readonly fix: string;
}
