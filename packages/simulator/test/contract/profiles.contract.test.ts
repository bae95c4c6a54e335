import { contract } from "@orrery/contract/vitest"
import { type ProfileName, profiles } from "../../src/provider/profiles.ts"
import { inOwnTime, simulatedBackend } from "./simulatedBackend.ts"

for (const profile of Object.keys(profiles) as ReadonlyArray<ProfileName>)
  contract(simulatedBackend({ profile }), { run: inOwnTime })
