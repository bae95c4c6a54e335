import { contract } from "../src/vitest.ts"
import { inVirtualTime, memory } from "./memory/memory.ts"

contract(memory(), { run: inVirtualTime })
