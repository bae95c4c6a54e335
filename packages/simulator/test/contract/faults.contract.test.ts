import { contract } from "@orrery/contract/vitest"
import { badDay } from "../../src/provider/FaultPlan.ts"
import { inOwnTime, simulatedBackend } from "./simulatedBackend.ts"

for (const seed of [1, 2, 3]) {
  const backend = simulatedBackend({ profile: "aws", seed, faults: badDay })
  contract({ ...backend, name: `${backend.name} on bad day ${seed}` }, { run: inOwnTime })
}
