#!/usr/bin/env node
import * as module from "node:module"

// Node 20 has no such cache; from 22 on it saves compiling the command each time it is run.
if ("enableCompileCache" in module) module.enableCompileCache()
await import("./main.ts")
