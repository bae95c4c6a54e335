/** What nodes cost: whole seconds, begun ones paid in full, each node's price rounded down to a whole micro-dollar. */
export class Meter {
  /** Charged so far. */
  microUsdTotal = 0

  /** Charges for one node's whole life. */
  charge(microUsdPerHour: number, lifeMs: number): number {
    const microUsd = Math.floor((Math.ceil(lifeMs / 1_000) * microUsdPerHour) / 3_600)
    this.microUsdTotal += microUsd
    return microUsd
  }
}
