// The image of the sandbox container: one program of a few instructions that sleeps until it is killed. As
// process 1 of a shared PID namespace it must not leave zombies: ignoring SIGCHLD makes the kernel reap
// (signal(7), SA_NOCLDWAIT).
import { createImage, goArchitecture } from './oci_image.ts';

export const pauseImageName = 'kubets.local/pause:1';

export function pauseImage(): Buffer {
  return createImage({
    name: pauseImageName,
    files: [{ path: 'pause', type: 'file', mode: 0o755, content: pauseProgram(goArchitecture()) }],
    entrypoint: ['/pause'],
  });
}

/** A static ELF executable. The struct sigaction of SIG_IGN with no flags stands behind the code. */
export function pauseProgram(architecture: string): Buffer {
  const program = programs[architecture];
  if (!program)
    throw new Error(`no pause program for architecture ${architecture}: amd64 and arm64 have one`);
  return elf(program.machine, Buffer.concat([program.code(loadAddress + headerSize), sigIgnore]));
}

const loadAddress = 0x400000;
const headerSize = 64 + 56;
// handler = SIG_IGN (1), flags, restorer, mask: 8 bytes each.
const sigIgnore = Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), Buffer.alloc(24)]);

const programs: Record<string, { machine: number; code: (start: number) => Buffer }> = {
  amd64: {
    machine: 62,
    code: (start) => {
      const action = start + 36;
      return Buffer.from([
        0xb8,
        13,
        0,
        0,
        0, // mov eax, rt_sigaction
        0xbf,
        17,
        0,
        0,
        0, // mov edi, SIGCHLD
        0xbe,
        ...littleEndian(action), // mov esi, action
        0x31,
        0xd2, // xor edx, edx
        0x41,
        0xba,
        8,
        0,
        0,
        0, // mov r10d, sizeof(sigset_t)
        0x0f,
        0x05, // syscall
        0xb8,
        34,
        0,
        0,
        0, // mov eax, pause
        0x0f,
        0x05, // syscall
        0xeb,
        0xf7, // jmp to the second mov
        0x90,
        0x90,
      ]);
    },
  },
  arm64: {
    machine: 183,
    code: (start) => {
      const action = start + 52;
      const words = [
        0xd2800220, // mov x0, SIGCHLD
        0xd2800001 | ((action & 0xffff) << 5), // movz x1, action
        0xf2a00001 | ((action >>> 16) << 5), // movk x1, action >> 16
        0xd2800002, // mov x2, 0
        0xd2800103, // mov x3, sizeof(sigset_t)
        0xd28010c8, // mov x8, rt_sigaction (134)
        0xd4000001, // svc 0
        0xd2800000, // mov x0, 0 fds
        0xd2800001, // mov x1, 0
        0xd2800003, // mov x3, 0
        0xd2800928, // mov x8, ppoll (73): no descriptors, no time-out, no mask
        0xd4000001, // svc 0
        0x17fffffb, // b to `mov x0, 0`
      ];
      return Buffer.concat(words.map((word) => Buffer.from(littleEndian(word >>> 0))));
    },
  },
};

/** ELF64 header, one loadable segment (read, execute), the code. */
function elf(machine: number, code: Buffer): Buffer {
  const header = Buffer.alloc(headerSize);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(machine, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(loadAddress + headerSize), 24);
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(1, 56);
  header.writeUInt32LE(1, 64);
  header.writeUInt32LE(5, 68);
  header.writeBigUInt64LE(BigInt(loadAddress), 80);
  header.writeBigUInt64LE(BigInt(loadAddress), 88);
  header.writeBigUInt64LE(BigInt(headerSize + code.length), 96);
  header.writeBigUInt64LE(BigInt(headerSize + code.length), 104);
  header.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([header, code]);
}

function littleEndian(word: number): number[] {
  return [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, (word >>> 24) & 0xff];
}
