import { GPU_MILLI, type GpuNode, type GpuRequest } from "../../engine/profiles/gpu/GpuCluster.ts"
import { type CsvFile, type CsvRow, type InputProblem, readCsv } from "../csv.ts"

/** A pod of the trace. */
export interface TracePod extends GpuRequest {
  readonly name: string
}

const CPU_MILLI_MAX = 1_000_000_000
const MEMORY_MIB_MAX = 1_000_000_000_000
const GPUS_MAX = 64

/** Reads a node list: `sn,cpu_milli,memory_mib,gpu,model`. */
export const readNodes = (csv: CsvFile) => {
  const nameOf = uniqueName("sn")
  return readCsv(csv, ["sn", "cpu_milli", "memory_mib", "gpu", "model"], (row): GpuNode => {
    const gpuCount = row.integer("gpu", 0, GPUS_MAX)
    if (gpuCount > 0 && row.text("model") === "") row.problem("model", "the model of the node's GPUs")
    return {
      name: nameOf(row),
      cpuMilli: row.integer("cpu_milli", 0, CPU_MILLI_MAX),
      memoryMib: row.integer("memory_mib", 0, MEMORY_MIB_MAX),
      gpuCount,
      model: row.text("model")
    }
  })
}

/** Reads a pod list: `name,cpu_milli,memory_mib,num_gpu,gpu_milli`, and `gpu_spec` where the list has it. */
export const readPods = (csv: CsvFile) => {
  const nameOf = uniqueName("name")
  return readCsv(csv, ["name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli"], (row): TracePod => {
    const gpuCount = row.integer("num_gpu", 0, GPUS_MAX)
    const gpuMilli = row.integer("gpu_milli", 0, GPU_MILLI)
    if (gpuCount === 0 && gpuMilli > 0) row.problem("gpu_milli", "0 where num_gpu is 0")
    if (gpuCount === 1 && gpuMilli === 0) row.problem("gpu_milli", `1 to ${GPU_MILLI} where num_gpu is 1`)
    if (gpuCount > 1 && gpuMilli < GPU_MILLI) row.problem("gpu_milli", `${GPU_MILLI} where num_gpu is above 1`)
    return {
      name: nameOf(row),
      cpuMilli: row.integer("cpu_milli", 0, CPU_MILLI_MAX),
      memoryMib: row.integer("memory_mib", 0, MEMORY_MIB_MAX),
      gpuCount,
      gpuMilli,
      models: modelsOf(row)
    }
  })
}

/** What both lists hold, or everything that is wrong with either. */
export const readTrace = (
  nodesCsv: CsvFile,
  podsCsv: CsvFile
): {
  readonly nodes: ReadonlyArray<GpuNode>
  readonly pods: ReadonlyArray<TracePod>
  readonly problems: ReadonlyArray<InputProblem>
} => {
  const nodes = readNodes(nodesCsv)
  const pods = readPods(podsCsv)
  const problems = [...nodes.problems, ...pods.problems]
  const none = (csv: CsvFile, column: string, allowed: string) =>
    problems.push({ file: csv.file, line: 0, column, found: "0 in every row", allowed })
  if (nodes.problems.length === 0 && nodes.rows.every((node) => node.gpuCount === 0)) {
    none(nodesCsv, "gpu", "at least one node with a GPU")
  }
  if (pods.problems.length === 0 && pods.rows.every((pod) => pod.gpuCount === 0)) {
    none(podsCsv, "num_gpu", "at least one pod that asks for a GPU")
  }
  return { nodes: nodes.rows, pods: pods.rows, problems }
}

const modelsOf = (row: CsvRow): ReadonlyArray<string> => {
  const models = row.text("gpu_spec") === "" ? [] : row.text("gpu_spec").split("|")
  if (models.includes("")) row.problem("gpu_spec", "models separated by |, or nothing")
  return models
}

const uniqueName = (column: string) => {
  const seen = new Set<string>()
  return (row: CsvRow): string => {
    const name = row.text(column)
    if (name === "" || seen.has(name)) row.problem(column, "a name that no other row has")
    seen.add(name)
    return name
  }
}
