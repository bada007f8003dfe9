/** A pack that drives a workflow, and one whose stretch it uses: whole, small, without a fault. Tests break one part of it. */
export const drivingPack = `apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: RulePack
metadata: {name: flip, version: 1.0.0}
spec:
  vocabulary: v1
  drives: BondModeFlipPlan
  parameters:
    mode: {type: bond.mode, default: active-backup, says: the mode that every bond ends in}
  gates:
    quiet: {says: LINSTOR answers, next: wait for it, when: {fact: site.linstorReachable, operator: equal, value: true}}
    node-at-rest: {says: the node is ready, per: node, grade: observed, when: {fact: node.ready, operator: equal, value: true}}
    in-mode: {says: the bond is in the mode, per: bond, when: {fact: bond.mode, operator: equal, value: {fact: param.mode}}}
  guards:
    suspended:
      says: nothing migrates
      during: [Protect, Flip]
      when: {all: [{fact: site.migrationsSuspended, operator: equal, value: true}, {gate: quiet}]}
      grace: 30s
  states:
    Idle: {says: waits, goto: [{to: AcquireLock, gates: [quiet, node-at-rest]}], budget: 1h}
    AcquireLock:
      says: takes the lock
      step: {command: site.take-lock}
      undo: {command: site.release-lock}
      goto: [{to: Protect}]
      onFailure: RollingBack
      budget: 30m
    Protect: {stretch: shared/protect, then: Flip, onFailure: RollingBack}
    Flip:
      says: one node after the other
      step:
        command: bond.set-mode
        on: {every: node, where: {fact: node.eligible, operator: equal, value: true}}
        atATime: 2
        with: {mode: {fact: param.mode}}
        confirmWithin: 10m
        gates: [node-at-rest, in-mode]
      settled: {all: [{gate: in-mode}, {every: bond, satisfies: {fact: bond.armed, operator: equal, value: true}}]}
      undo: {command: bond.revert, atATime: 16, gates: [quiet], settled: {every: bond, satisfies: {fact: bond.mode, operator: equal, value: {fact: cohort.bond.mode}}}}
      goto: [{to: Verify}]
      onFailure: RollingBack
      budget: 5m
    Verify: {says: looks, goto: [{to: Confirm, gates: [in-mode]}], onFailure: RollingBack, budget: 5m, overdue: fail}
    Confirm:
      says: makes it last
      step: {command: bond.confirm, on: {every: node}}
      settled: {every: bond, satisfies: {fact: bond.armed, operator: equal, value: false}}
      pointOfNoReturn: the old mode comes back only by another plan
      goto: [{to: Unprotect}]
      onFailure: Halted
      budget: 5m
    Unprotect:
      step: {command: site.resume-migrations}
      settled: {fact: site.migrationsSuspended, operator: equal, value: {fact: cohort.site.migrationsSuspended}}
      pointOfNoReturn: they may move again
      goto: [{to: ReleaseLock}]
      onFailure: Halted
      budget: 15m
    ReleaseLock:
      says: gives the lock back
      step: {command: site.release-lock}
      pointOfNoReturn: whoever takes it next decides
      goto: [{to: Done}]
      onFailure: Halted
      budget: 15m
    Done: {says: done, ends: complete}
    RollingBack: {says: takes back, takesBack: true, goto: [{to: Idle}], budget: 30m}
    Halted: {says: gave up, ends: halted}
`;

export const sharedPack = `apiVersion: nodewright.spectrocloud.com/v1alpha1
kind: RulePack
metadata: {name: shared, version: 1.0.0}
spec:
  vocabulary: v1
  conditions:
    suspended: {fact: site.migrationsSuspended, operator: equal, value: true}
  gates:
    guests-at-rest: {says: no guest moves, per: vm, when: {fact: vm.migrating, operator: equal, value: false}}
  stretches:
    protect:
      Suspend:
        says: nothing migrates from now on
        step: {command: site.suspend-migrations}
        settled: {condition: suspended}
        undo: {command: site.resume-migrations}
        goto: [{to: Wait}]
        budget: 15m
      Wait: {says: waits for those that move, goto: [{to: end, gates: [guests-at-rest]}], budget: 1h}
`;

/** `[from, to]` pairs, each of which must be there: a test whose text has moved on says so. */
export function edited(text: string, ...edits: readonly (readonly [from: string, to: string])[]): string {
  return edits.reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`the pack of the tests no longer has: ${from}`);
    return before.replace(from, to);
  }, text);
}
