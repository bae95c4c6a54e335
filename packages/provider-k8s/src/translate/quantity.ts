import { parseQuantity, printBytes, printCpu, type Resources } from "@orrery/core"
import { Result } from "effect"

/** What GPUs are called among a container's resources. */
export const gpuResource = "nvidia.com/gpu"

type Quantities = Readonly<Record<string, string>>

/** Amounts as Kubernetes takes them; what is zero is not asked for. GPUs are whole. */
export const toQuantities = ({ cpuMilli, gpuMilli, memoryBytes }: Resources): Quantities => ({
  ...(cpuMilli > 0 ? { cpu: printCpu(cpuMilli) } : {}),
  ...(memoryBytes > 0 ? { memory: printBytes(memoryBytes) } : {}),
  ...(gpuMilli > 0 ? { [gpuResource]: String(Math.ceil(gpuMilli / 1000)) } : {})
})

const amount = (quantities: Quantities, key: string, unitsPerOne: number): number =>
  Result.getOrElse(parseQuantity(quantities[key] ?? "0", unitsPerOne), () => 0)

/** Amounts as Kubernetes tells them. */
export const fromQuantities = (quantities: Quantities | undefined): Resources => ({
  cpuMilli: amount(quantities ?? {}, "cpu", 1000),
  memoryBytes: amount(quantities ?? {}, "memory", 1),
  gpuMilli: amount(quantities ?? {}, gpuResource, 1000)
})
