import { FALSE, TRUE, type Truth, UNKNOWN } from '../kernel/verdict.ts';
import type { Quantified } from './condition.ts';

/** What one member adds: who is not counted does not speak against `every` and `none`, and not for the others.
 *  `counts`: whether it is one of those that `where` means; `satisfies`: what it comes to. */
function added(kind: Quantified['quantifier']['kind'], counts: Truth, satisfies: Truth): Truth {
  switch (kind) {
    case 'every':
      return Math.max(TRUE - counts, satisfies) as Truth;
    case 'none':
      return (TRUE - Math.min(counts, satisfies)) as Truth;
    case 'some':
    case 'atLeast':
    case 'atMost':
      return Math.min(counts, satisfies) as Truth;
  }
}

/** What has been counted of the members of one quantifier so far. */
export class Tally {
  surely = 0;
  perhaps = 0;
  sure = 0;
  possible = 0;
  least: Truth = TRUE;
  most: Truth = FALSE;

  /** Takes in one member, and says what it adds. */
  add(kind: Quantified['quantifier']['kind'], counts: Truth, satisfies: Truth): Truth {
    if (counts === TRUE) this.surely++;
    else if (counts === UNKNOWN) this.perhaps++;
    if (counts === TRUE && satisfies === TRUE) this.sure++;
    if (counts !== FALSE && satisfies !== FALSE) this.possible++;
    const truth = added(kind, counts, satisfies);
    if (truth < this.least) this.least = truth;
    if (truth > this.most) this.most = truth;
    return truth;
  }

  get isEmpty(): boolean {
    return this.surely === 0 && this.perhaps === 0;
  }

  /** Over nobody, a yes of «all of them» and a no of «one of them» say nothing of a site unless the author says so. */
  answer({ quantifier, whenEmpty }: Quantified): Truth {
    const { surely, perhaps, sure, possible, least, most } = this;
    const somebody = surely > 0;
    const yes = (truth: Truth): Truth => (truth !== TRUE || somebody || whenEmpty === 'open' ? truth : UNKNOWN);
    const no = (truth: Truth): Truth => {
      if (truth !== FALSE || somebody) return truth;
      return perhaps === 0 && whenEmpty === 'open' ? TRUE : UNKNOWN;
    };
    switch (quantifier.kind) {
      case 'every':
      case 'none':
        return yes(least);
      case 'some':
        return no(most);
      case 'atLeast':
        return no(sure >= quantifier.count ? TRUE : possible < quantifier.count ? FALSE : UNKNOWN);
      case 'atMost':
        return yes(possible <= quantifier.count ? TRUE : sure > quantifier.count ? FALSE : UNKNOWN);
    }
  }
}
