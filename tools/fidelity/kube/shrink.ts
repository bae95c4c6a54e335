import type { Case, Manifest } from "./drawCase.ts"

/** Whether a smaller case still shows the difference. */
export type Shows = (candidate: Case) => Promise<boolean>

const without = <T>(list: ReadonlyArray<T>, from: number, count: number): ReadonlyArray<T> => [
  ...list.slice(0, from),
  ...list.slice(from + count)
]

const lessPods = async (one: Case, shows: Shows): Promise<Case> => {
  let least = one
  for (let size = Math.floor(least.pods.length / 2); size > 0; size = Math.floor(size / 2)) {
    for (let from = least.pods.length - 1 - size; from >= 0; from -= size) {
      const candidate = { ...least, pods: without(least.pods, from, size) }
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
  for (let at = 0; at < least.pods.length; at++) {
    for (const field of ["affinity", "tolerations", "topologySpreadConstraints", "initContainers", "nodeSelector"]) {
      const pod = least.pods[at] as Manifest
      const { [field]: dropped, ...spec } = pod.spec as Readonly<Record<string, unknown>>
      if (dropped === undefined) continue
      const candidate = { ...least, pods: least.pods.with(at, { ...pod, spec }) }
      if (await shows(candidate)) least = candidate
    }
  }
  return least
}

/** Takes away pods, objects and fields as long as the difference stays. */
export const shrink = async (one: Case, failedAt: number, shows: Shows): Promise<Case> =>
  lessFields(await lessObjects(await lessPods({ ...one, pods: one.pods.slice(0, failedAt) }, shows), shows), shows)
