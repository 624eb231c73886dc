// A cluster without machines, time or chance of its own: everything comes from a seed and repeats exactly.
export { createSimulation, type Simulation, type SimulationOptions } from './cluster/simulation.ts';
export { type GetOptions, Kubectl } from './kubectl/kubectl.ts';
