import type { MachinePark } from "./MachinePark.ts"
import type { SimMachine } from "./SimMachine.ts"
import type { World } from "./World.ts"

/** Machines on the same backend that nobody of ours made, to prove that none of ours touches them. */
export class ForeignThings {
  private readonly world: World
  private readonly park: MachinePark
  private readonly planted: Array<{ readonly name: string; readonly machine: SimMachine }> = []
  private serial = 0

  constructor(world: World, park: MachinePark) {
    this.world = world
    this.park = park
    this.plant("bystander")
  }

  /** Makes a few, named like ours. */
  plant(near: string): void {
    for (let count = 0; count < 2; count++) {
      this.serial += 1
      const name = `${near}-${this.serial}`
      const machine = this.park.plant(name)
      if (machine !== undefined) this.planted.push({ name, machine })
    }
    this.world.note("planted", near)
  }

  /** Names those that are still as they were planted. */
  intact(): ReadonlyArray<string> {
    return this.planted
      .filter(({ machine }) => machine.state === "running" && !machine.cordoned && machine.leaseUntilMs === undefined)
      .map(({ name }) => name)
  }

  /** All names, touched or not. */
  names(): ReadonlyArray<string> {
    return this.planted.map(({ name }) => name)
  }

  clear(): void {
    this.planted.length = 0
  }
}
