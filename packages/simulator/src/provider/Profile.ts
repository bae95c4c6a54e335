import type { Capabilities, Offering } from "@orrery/core"

/** From the least to the most, both possible. */
export interface Span {
  readonly min: number
  readonly max: number
}

/** How a backend behaves, as data. */
export interface Profile {
  readonly name: string
  readonly capabilities: Capabilities
  readonly offerings: ReadonlyArray<Offering>
  /** How long one call takes; a list takes one for each page. */
  readonly callMs: Span
  readonly pageSize: number
  /** Calls that may be made at once, and how fast the allowance comes back; more are throttled. */
  readonly callsBurst: number
  readonly callsPerSecond: number
  /** From launch until a machine can be used, and from termination until it is gone. */
  readonly bootMs: Span
  readonly endMs: Span
  /** How long machines that have ended are still shown. */
  readonly shownAfterEndMs: number
  /** What was changed less long ago than this may not show in lists yet. */
  readonly readLagMs: Span
  /** How long a launch token is known. */
  readonly tokenMs: number
  readonly pullMs: Span
  readonly podEndMs: Span
  /** An account's limit over all its machines, in thousandths of a core. */
  readonly quotaCpuMilli: number
  readonly market: MarketProfile
  /** Machines that are there from the start and nobody rents: `instanceType` and how many. */
  readonly standing: ReadonlyArray<{ readonly instanceType: string; readonly count: number }>
}

/** How much there is of each machine type, and how often spot machines are taken back. */
export interface MarketProfile {
  /** Machines of one type, zone and market: drawn anew for every hour. */
  readonly available: { readonly "on-demand": Span; readonly spot: Span }
  /** How long a spot machine is left alone on average; 0 for ever. */
  readonly spotLifeMsMean: number
  /** How long before its end a spot machine is told; one of these, each as likely as the others. */
  readonly noticesMs: ReadonlyArray<number>
  /** The spot price moves so many thousandths about its mean, at most. */
  readonly spotPricePerMille: number
}
