/** Hands out a node's devices, the lowest free ones first, each to one pod at a time. */
export class Devices {
  /** Takes so many devices for a pod; undefined, and nothing taken, where not enough are free. */
  take(devices: Int32Array, pod: number, count: number): ReadonlyArray<number> | undefined {
    const free: Array<number> = []
    for (let device = 0; device < devices.length && free.length < count; device++)
      if (devices[device] === -1) free.push(device)
    if (free.length < count) return undefined
    for (const device of free) devices[device] = pod
    return free
  }

  /** Gives devices back. */
  free(devices: Int32Array, taken: ReadonlyArray<number>): void {
    for (const device of taken) devices[device] = -1
  }
}
