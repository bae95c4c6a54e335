import { requestOf } from "../../model/Pod.ts"
import { printBytes, printCpu } from "../../model/Quantity.ts"
import { lacking, minus, type ResourceKind, type Resources } from "../../model/Resources.ts"
import type { Filter } from "./Filter.ts"

const words = { cpuMilli: "cpu", memoryBytes: "memory", gpuMilli: "gpu" } as const

/** An amount of one kind as people write it. */
const print = (kind: ResourceKind, amount: number): string =>
  kind === "memoryBytes" ? printBytes(amount) : printCpu(amount)

const sentence = (kind: ResourceKind, request: Resources, free: Resources, capacity: Resources): string =>
  request[kind] > capacity[kind]
    ? `${words[kind]}: ${print(kind, request[kind])} asked for, ${print(kind, capacity[kind])} in all`
    : `${words[kind]}: ${print(kind, request[kind])} asked for, ${print(kind, Math.max(0, free[kind]))} of ${print(kind, capacity[kind])} free`

/** What the pod asks for must be free. The code names the first kind that is not; the words name all. */
export const resources: Filter = ({ place: { node, used }, pod }) => {
  const request = requestOf(pod.spec)
  const free = minus(node.capacity, used)
  // A pod that asks for nothing of a kind is not refused where others have taken too much of it.
  const short = lacking(request, free).filter((kind) => request[kind] > 0)
  const [first] = short
  return first === undefined
    ? undefined
    : { code: words[first], why: short.map((kind) => sentence(kind, request, free, node.capacity)).join("; ") }
}
