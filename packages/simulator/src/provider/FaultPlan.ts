/** Chances of what can go wrong with one call, in thousandths. */
export interface CallFaults {
  /** Refused before the effect, with or without a word on when to come back. */
  readonly throttledPerMille: number
  readonly throttledWithRetryAfterPerMille: number
  /** No answer, and nothing was done. */
  readonly unavailablePerMille: number
  /** Done, but the reply is lost. */
  readonly replyLostPerMille: number
  /** Neither an answer nor an end of the connection: the client gives up after a while, and it was done or not. */
  readonly silentPerMille: number
  /** The request comes twice, and it is the second answer that is heard. */
  readonly duplicatedPerMille: number
  /** The request is held up: its client is told of a broken connection, and it takes effect a while later. */
  readonly latePerMille: number
  /** Done for a part of what was asked, then no answer. */
  readonly partialPerMille: number
  /** A conditional write is refused although nobody wrote. */
  readonly stalePerMille: number
  /** A read shows how things were a while ago. */
  readonly staleReadPerMille: number
  /** A page holds one thing only, or none although there are more. */
  readonly shortPagePerMille: number
  readonly emptyPagePerMille: number
  /** The token that names the next page is no longer known. */
  readonly expiredPagePerMille: number
  /** An open stream ends without cause, breaks, is told that its position is no longer known, or says nothing any more. */
  readonly streamClosedPerMille: number
  readonly streamBrokenPerMille: number
  readonly streamExpiredPerMille: number
  readonly streamSilentPerMille: number
  /** An event of a watch comes twice, or is held up, and those behind it with it. */
  readonly eventTwicePerMille: number
  readonly eventLatePerMille: number
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
  /** Credentials last at most so long, and are renewed in the middle of what goes on; 0 for ever. */
  readonly credentialsMsMax: number
  /** A budget keeps a pod of a deployment from being moved off its node, for a while. */
  readonly heldPerMille: number
  readonly heldMsMax: number
  /** For a day, a machine type costs up to a half more or less than it should, whatever its market. */
  readonly repricedPerMille: number
  /** For a while, one machine type in one zone and market is nowhere to be had. */
  readonly droughtPerMille: number
  /** For a while, so much is left of the account's quota; what runs beyond it runs on. */
  readonly quotaCutPerMille: number
  readonly quotaLeftPercent: number
}

/** A time in which every call is refused. Nothing bounds it: calls fail, and loops must outlive it. */
export interface Closure {
  readonly fromMs: number
  readonly untilMs: number
  readonly because: "no answer" | "credentials"
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
  readonly closures: ReadonlyArray<Closure>
}

/** Nothing goes wrong. */
export const quiet: FaultPlan = {
  call: {
    throttledPerMille: 0,
    throttledWithRetryAfterPerMille: 0,
    unavailablePerMille: 0,
    replyLostPerMille: 0,
    silentPerMille: 0,
    duplicatedPerMille: 0,
    latePerMille: 0,
    partialPerMille: 0,
    stalePerMille: 0,
    staleReadPerMille: 0,
    shortPagePerMille: 0,
    emptyPagePerMille: 0,
    expiredPagePerMille: 0,
    streamClosedPerMille: 0,
    streamBrokenPerMille: 0,
    streamExpiredPerMille: 0,
    streamSilentPerMille: 0,
    eventTwicePerMille: 0,
    eventLatePerMille: 0
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
    clockSkewMsMax: 0,
    credentialsMsMax: 0,
    heldPerMille: 0,
    heldMsMax: 0,
    repricedPerMille: 0,
    droughtPerMille: 0,
    quotaCutPerMille: 0,
    quotaLeftPercent: 100
  },
  budget: { burstMax: 0, calmMs: 0, totalMax: 0, untilMs: 0 },
  closures: []
}

/** A bad day that a correct program survives: for contracts under faults. */
export const badDay: FaultPlan = {
  call: {
    throttledPerMille: 30,
    throttledWithRetryAfterPerMille: 30,
    unavailablePerMille: 30,
    replyLostPerMille: 40,
    silentPerMille: 10,
    duplicatedPerMille: 40,
    latePerMille: 20,
    partialPerMille: 100,
    stalePerMille: 30,
    staleReadPerMille: 50,
    shortPagePerMille: 100,
    emptyPagePerMille: 100,
    expiredPagePerMille: 20,
    streamClosedPerMille: 20,
    streamBrokenPerMille: 20,
    streamExpiredPerMille: 20,
    streamSilentPerMille: 20,
    eventTwicePerMille: 50,
    eventLatePerMille: 50
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
    clockSkewMsMax: 500,
    credentialsMsMax: 900_000,
    heldPerMille: 100,
    heldMsMax: 90_000,
    repricedPerMille: 100,
    droughtPerMille: 100,
    quotaCutPerMille: 100,
    quotaLeftPercent: 50
  },
  budget: { burstMax: 4, calmMs: 600_000, totalMax: 10_000, untilMs: Number.MAX_SAFE_INTEGER },
  closures: []
}
