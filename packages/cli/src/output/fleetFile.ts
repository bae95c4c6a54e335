import { none, writeComputeFile } from "@orrery/core"
import { fleetOf } from "@orrery/provider-k8s"
import { catalogue, quietWeek, SimulationSpec } from "@orrery/simulator"

/** The file of a fleet on which the pods of these Kubernetes objects run, to be simulated. */
export const fleetFile = (objects: ReadonlyArray<object>): string => {
  const fleet = fleetOf(objects, "imported", catalogue)
  const containers = { defaults: { securityContext: {} }, resources: { requests: none } }
  const simulation = { ...quietWeek, profile: "ideal" as const, days: 1 }
  return writeComputeFile({ ...fleet, containers, simulation }, { simulation: SimulationSpec })
}
