import { requestOf } from "../../model/Pod.ts"
import type { Pod } from "../../model/Snapshot.ts"
import { refusalOf } from "../filter/refusalOf.ts"
import type { Occupancy } from "../Occupancy.ts"
import { defaultPlacePolicy } from "../place.ts"
import { imagined, type Kind } from "./Kind.ts"

/** Memory that counts as much as a thousandth of a core: 4 GiB go with each core. */
const bytesPerMilli = 2 ** 32 / 1000
/** A GPU is worth ten cores. */
const cpuPerGpu = 10

/** How much work a pod is, in thousandths of a core; never nothing. */
export const weightOf = ({ spec }: Pod): number => {
  const { cpuMilli, gpuMilli, memoryBytes } = requestOf(spec)
  return 1 + cpuMilli + Math.ceil(memoryBytes / bytesPerMilli) + gpuMilli * cpuPerGpu
}

/** Which of the pods one more machine of a kind would take, in their order. Leaves the occupancy as it was. */
export const fill = (kind: Kind, pods: ReadonlyArray<Pod>, occupancy: Occupancy): ReadonlyArray<Pod> => {
  const name = "one more"
  occupancy.open(imagined(kind, name))
  const taken = pods.filter((pod) => {
    const place = occupancy.on(name)
    if (place === undefined || refusalOf({ pod, place, occupancy, policy: defaultPlacePolicy }) !== undefined)
      return false
    occupancy.add(pod, name)
    return true
  })
  occupancy.close(name)
  return taken
}
