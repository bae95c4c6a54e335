/** Hosts with exactly this much free, the lowest index on top; entries of hosts that moved on are dropped when they surface. */
interface HostClass {
  readonly cpuMilliFree: number
  readonly memoryMibFree: number
  readonly heap: Array<number>
}

/** How a host is chosen among those that fit: the first by index, or the one with the least CPU left, then memory, then index. */
export type Fit = "first" | "best"

/**
 * Hosts grouped by what they have free. Hosts that are alike are looked at once, so a search costs the number of different
 * states, not of hosts.
 */
export class HostClasses {
  private readonly byKey = new Map<string, HostClass>()
  private readonly classOf: Array<HostClass> = []

  /** Adds a host and gives its index. */
  add(cpuMilliFree: number, memoryMibFree: number): number {
    const host = this.classOf.length
    this.classOf.push(this.enter(host, cpuMilliFree, memoryMibFree))
    return host
  }

  /** The host for a request, or -1 where none fits. */
  find(cpuMilli: number, memoryMib: number, fit: Fit): number {
    let found = -1
    let foundIn: HostClass | undefined
    for (const [key, each] of this.byKey) {
      if (each.cpuMilliFree < cpuMilli || each.memoryMibFree < memoryMib) continue
      const host = this.lowest(each)
      if (host === -1) this.byKey.delete(key)
      else if (foundIn === undefined || (fit === "first" ? host < found : fuller(each, host, foundIn, found))) {
        found = host
        foundIn = each
      }
    }
    return found
  }

  /** Changes what a host has free; negative amounts are taken, positive ones given back. */
  change(host: number, cpuMilli: number, memoryMib: number): void {
    const now = this.classOf[host] as HostClass
    this.classOf[host] = this.enter(host, now.cpuMilliFree + cpuMilli, now.memoryMibFree + memoryMib)
  }

  private enter(host: number, cpuMilliFree: number, memoryMibFree: number): HostClass {
    if (cpuMilliFree < 0 || memoryMibFree < 0) throw new RangeError(`host ${host} would be over-committed`)
    const key = `${cpuMilliFree} ${memoryMibFree}`
    let group = this.byKey.get(key)
    if (group === undefined) {
      group = { cpuMilliFree, memoryMibFree, heap: [] }
      this.byKey.set(key, group)
    }
    push(group.heap, host)
    return group
  }

  private lowest(group: HostClass): number {
    const { heap } = group
    while (heap.length > 0) {
      const host = heap[0] as number
      if (this.classOf[host] === group) return host
      pop(heap)
    }
    return -1
  }
}

const fuller = (a: HostClass, hostA: number, b: HostClass, hostB: number): boolean => {
  const less = a.cpuMilliFree - b.cpuMilliFree || a.memoryMibFree - b.memoryMibFree || hostA - hostB
  return less < 0
}

const push = (heap: Array<number>, value: number): void => {
  let at = heap.length
  heap.push(value)
  while (at > 0) {
    const parent = (at - 1) >> 1
    if ((heap[parent] as number) <= value) break
    heap[at] = heap[parent] as number
    at = parent
  }
  heap[at] = value
}

const pop = (heap: Array<number>): void => {
  const value = heap.pop() as number
  const size = heap.length
  if (size === 0) return
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= size) break
    if (child + 1 < size && (heap[child + 1] as number) < (heap[child] as number)) child += 1
    if ((heap[child] as number) >= value) break
    heap[at] = heap[child] as number
    at = child
  }
  heap[at] = value
}
