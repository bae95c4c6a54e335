import type { Case } from "./drawCase.ts"

/** Whether a smaller case still shows the difference. */
export type Shows = (candidate: Case) => Promise<boolean>

const without = <T>(list: ReadonlyArray<T>, from: number, count: number): ReadonlyArray<T> => [
  ...list.slice(0, from),
  ...list.slice(from + count)
]

const lessArrivals = async (one: Case, shows: Shows): Promise<Case> => {
  let least = one
  for (let size = Math.floor(least.arrivals.length / 2); size > 0; size = Math.floor(size / 2)) {
    for (let from = least.arrivals.length - 1 - size; from >= 0; from -= size) {
      const candidate = { ...least, arrivals: without(least.arrivals, from, size) }
      if (await shows(candidate)) least = candidate
    }
  }
  return least
}

const lessObjects = async (one: Case, shows: Shows): Promise<Case> => {
  let least = one
  for (let at = least.objects.length - 1; at >= 0; at--) {
    const candidate = { ...least, objects: without(least.objects, at, 1) }
    if (await shows(candidate)) least = candidate
  }
  return least
}

const lessFields = async (one: Case, shows: Shows): Promise<Case> => {
  let least = one
  for (let at = 0; at < least.arrivals.length; at++) {
    for (const field of ["affinity", "tolerations", "topologySpreadConstraints", "initContainers", "nodeSelector"]) {
      const arrival = least.arrivals[at]
      if (arrival === undefined || !("pod" in arrival)) continue
      const { pod } = arrival
      const { [field]: dropped, ...spec } = pod.spec as Readonly<Record<string, unknown>>
      if (dropped === undefined) continue
      const candidate = { ...least, arrivals: least.arrivals.with(at, { pod: { ...pod, spec } }) }
      if (await shows(candidate)) least = candidate
    }
  }
  return least
}

/** Takes away arrivals, objects and fields as long as the difference stays. */
export const shrink = async (one: Case, failedAt: number, shows: Shows): Promise<Case> =>
  lessFields(
    await lessObjects(await lessArrivals({ ...one, arrivals: one.arrivals.slice(0, failedAt) }, shows), shows),
    shows
  )
