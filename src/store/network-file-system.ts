import { realpathSync, statfsSync } from "node:fs";

/** How a system tells what a folder lies on. */
export interface FileSystemFacts {
  readonly platform: NodeJS.Platform;
  /** The type of the file system, as Linux numbers them. */
  readonly typeOf: (folder: string) => number;
  /** The path of the folder without drive letters that stand for others. */
  readonly realPath: (folder: string) => string;
}

const thisSystem: FileSystemFacts = {
  platform: process.platform,
  typeOf: (folder) => statfsSync(folder).type,
  realPath: (folder) => realpathSync.native(folder),
};

/**
 * `f_type` of the file systems that several machines can reach, that a virtual machine shares with its host, or that a program answers for. Numbers:
 * https://man7.org/linux/man-pages/man2/statfs.2.html and https://github.com/torvalds/linux/blob/master/include/uapi/linux/magic.h;
 * which of them are remote: https://github.com/coreutils/coreutils/blob/master/src/stat.c
 */
const networkTypes: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xfe534d42, // SMB 2 and 3
  0xff534d42, // CIFS
  0x01021997, // 9P: WSL's drives, QEMU and container shares
  0x65735546, // FUSE: sshfs, rclone, virtiofs and many more; those among them that are local lose a little speed
  0x5346414f, // AFS
  0x6b414653, // AFS, the kernel's own
  0x00c36400, // Ceph
  0x73757245, // Coda
  0x564c, // NetWare
  0x01161970, // GFS2
  0x7461636f, // OCFS2
  0x0bd00bd0, // Lustre
  0x47504653, // GPFS
  0x19830326, // BeeGFS
  0x20030528, // OrangeFS
  0xaad7aaea, // Panasas
  0xbeefdead, // StorNext
  0x013111a8, // IBRIX
  0xa501fcf5, // VxFS
  0x61636673, // ACFS
  0x786f4256, // VirtualBox shared folder
  0x7c7c6673, // Parallels shared folder
  0xbacbacbc, // VMware shared folder
]);

/**
 * True for a folder that other machines can reach, as far as the system tells. Linux numbers its file systems; Windows resolves network drives to
 * paths that begin with two backslashes. The numbers of macOS are not the same on every machine, and other systems are not known: there the answer is no.
 */
export function isOnNetwork(folder: string, system: FileSystemFacts = thisSystem): boolean {
  try {
    if (system.platform === "win32") {
      return isUncPath(folder) || isUncPath(system.realPath(folder));
    }
    // A 32-bit system gives the high numbers a minus sign.
    return system.platform === "linux" && networkTypes.has(system.typeOf(folder) >>> 0);
  } catch {
    // What is wrong with the folder is said by those who use it.
    return false;
  }
}

/** True for `\\server\share` and `\\?\UNC\server\share`; not for `\\?\C:\` and `\\.\`, which are ways to write local paths. */
function isUncPath(path: string): boolean {
  const plain = path.replaceAll("/", "\\");
  return /^\\\\(?:\?\\UNC\\|[^?.\\])/iu.test(plain);
}
