import { uniformInteger } from "../engine/math/sample.ts"
import type { World } from "./World.ts"

/** What one logs in to the backend with: it lasts for a while, and then must be renewed, in the middle of whatever goes on. */
export class Credentials {
  private readonly world: World
  private expireAtMs: number

  constructor(world: World) {
    this.world = world
    this.expireAtMs = this.nextExpiryMs()
  }

  /** Whether they had run out; they are new from then on. */
  renewIfExpired(): boolean {
    if (this.world.time.elapsedMs < this.expireAtMs) return false
    this.expireAtMs = this.nextExpiryMs()
    this.world.note("renewed", "credentials")
    return true
  }

  private nextExpiryMs(): number {
    const { credentialsMsMax } = this.world.faults.world
    if (credentialsMsMax === 0) return Number.POSITIVE_INFINITY
    return this.world.time.elapsedMs + uniformInteger(this.world.streams.named("credentials"), 1, credentialsMsMax)
  }
}
