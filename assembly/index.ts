export { allocate, usedBytes } from './memory-arena';
