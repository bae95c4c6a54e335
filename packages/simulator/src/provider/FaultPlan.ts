/** Chances of what can go wrong with one call, in thousandths. */
export interface CallFaults {
  /** Refused before the effect, with or without a word on when to come back. */
  readonly throttledPerMille: number
  readonly throttledWithRetryAfterPerMille: number
  /** No answer, and nothing was done. */
  readonly unavailablePerMille: number
  /** Done, but the reply is lost. */
  readonly replyLostPerMille: number
  /** Done for a part of what was asked, then no answer. */
  readonly partialPerMille: number
  /** A conditional write is refused although nobody wrote. */
  readonly stalePerMille: number
  /** A read shows how things were a while ago. */
  readonly staleReadPerMille: number
}

/** Chances of what can go wrong with machines and pods by themselves, in thousandths. */
export interface WorldFaults {
  /** A machine never comes up and ends. */
  readonly bootFailurePerMille: number
  /** A host goes silent for a while once it is up. */
  readonly silencePerMille: number
  readonly silenceMsMax: number
  /** An image cannot be pulled at first. */
  readonly pullFailurePerMille: number
  /** A pod of a deployment crashes, or runs out of memory, some time after its start. */
  readonly crashPerMille: number
  readonly outOfMemoryPerMille: number
  /** The same happens to tasks of jobs; a job without retries then fails, as it should. */
  readonly hitsJobs: boolean
  /** The provider's clock is off by at most so much, one way or the other. */
  readonly clockSkewMsMax: number
}

/** How much may go wrong, so that a correct program always gets there and every red seed is a bug. */
export interface FaultBudget {
  /** Calls fail in bursts: so many, and then none for a while, in which a caller that tries again gets through. */
  readonly burstMax: number
  readonly calmMs: number
  /** Faults in all, at most. */
  readonly totalMax: number
  /** Nothing goes wrong any more once this long after the start. */
  readonly untilMs: number
}

/** Everything that goes wrong, as chances that the seed decides. */
export interface FaultPlan {
  readonly call: CallFaults
  /** Chances of single operations (`Machines.launch`) where they differ. */
  readonly operations: Readonly<Record<string, Partial<CallFaults>>>
  readonly world: WorldFaults
  readonly budget: FaultBudget
}

/** Nothing goes wrong. */
export const quiet: FaultPlan = {
  call: {
    throttledPerMille: 0,
    throttledWithRetryAfterPerMille: 0,
    unavailablePerMille: 0,
    replyLostPerMille: 0,
    partialPerMille: 0,
    stalePerMille: 0,
    staleReadPerMille: 0
  },
  operations: {},
  world: {
    bootFailurePerMille: 0,
    silencePerMille: 0,
    silenceMsMax: 0,
    pullFailurePerMille: 0,
    crashPerMille: 0,
    outOfMemoryPerMille: 0,
    hitsJobs: false,
    clockSkewMsMax: 0
  },
  budget: { burstMax: 0, calmMs: 0, totalMax: 0, untilMs: 0 }
}

/** A bad day that a correct program survives: for contracts under faults. */
export const badDay: FaultPlan = {
  call: {
    throttledPerMille: 30,
    throttledWithRetryAfterPerMille: 30,
    unavailablePerMille: 30,
    replyLostPerMille: 40,
    partialPerMille: 100,
    stalePerMille: 30,
    staleReadPerMille: 50
  },
  operations: { "Machines.launch": { replyLostPerMille: 120 } },
  world: {
    bootFailurePerMille: 30,
    silencePerMille: 20,
    silenceMsMax: 90_000,
    pullFailurePerMille: 50,
    crashPerMille: 20,
    outOfMemoryPerMille: 10,
    hitsJobs: false,
    clockSkewMsMax: 500
  },
  budget: { burstMax: 4, calmMs: 600_000, totalMax: 10_000, untilMs: Number.MAX_SAFE_INTEGER }
}
