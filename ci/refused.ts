/** What whoever set the review up must mend. Told as one line; never a stack. */
export class Refused extends Error {
  constructor(message: string, hint?: string) {
    super(hint === undefined ? message : `${message}; ${hint}`);
    this.name = 'Refused';
  }
}
