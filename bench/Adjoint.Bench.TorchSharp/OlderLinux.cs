using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Adjoint.Bench.TorchSharp;

/// <summary>Loads TorchSharp's native shim where the C++ library is older than it asks for (Debian 12).</summary>
/// <remarks>
/// The shim needs symbol version GLIBCXX_3.4.32 for one symbol that nothing refers to. In a copy beside libtorch the need is
/// marked as weak (ELF: <c>VER_FLG_WEAK</c> of the entry in <c>.gnu.version_r</c>), which the loader then lets pass.
/// </remarks>
internal static class OlderLinux
{
    const string Needed = "GLIBCXX_3.4.32", Shim = "libLibTorchSharp.so";
    const uint VersionNeeds = 0x6ffffffe;

    /// <summary>Does nothing where the shim loads as it is.</summary>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux()) return;
        string own = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");
        if (!Directory.Exists(own)) own = AppContext.BaseDirectory;      // published for one system
        string packaged = Path.Combine(Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "LibTorch").Value!, "runtimes", "linux-x64", "native");
        string shim = Path.Combine(AppContext.BaseDirectory, "native", Shim);
        if (!File.Exists(shim))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(shim)!);
            foreach (string folder in (string[])[own, packaged])
            {
                foreach (string file in Directory.GetFiles(folder, "*.so*"))
                {
                    string link = Path.Combine(Path.GetDirectoryName(shim)!, Path.GetFileName(file));
                    if (Path.GetFileName(file) != Shim && !File.Exists(link)) File.CreateSymbolicLink(link, file);
                }
            }

            byte[] image = File.ReadAllBytes(Path.Combine(own, Shim));
            Weaken(image);
            File.WriteAllBytes(shim, image);
        }

        NativeLibrary.Load(shim);
        // Found by its full path now, whoever asks for it by name.
        NativeLibrary.SetDllImportResolver(typeof(global::TorchSharp.torch).Assembly, (name, _, _) => name == "LibTorchSharp" ? NativeLibrary.Load(shim) : 0);
    }

    static void Weaken(Span<byte> image)
    {
        long sections = (long)BinaryPrimitives.ReadUInt64LittleEndian(image[0x28..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3A..]), count = BinaryPrimitives.ReadUInt16LittleEndian(image[0x3C..]);
        for (int i = 0; i < count; i++)
        {
            Span<byte> section = image[(int)(sections + ((long)i * size))..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) != VersionNeeds) continue;
            int names = Offset(image, (int)(sections + (BinaryPrimitives.ReadUInt32LittleEndian(section[0x28..]) * (long)size)));
            for (int file = Offset(image, (int)(sections + ((long)i * size))); ;)
            {
                int entries = BinaryPrimitives.ReadUInt16LittleEndian(image[(file + 2)..]);
                int at = file + (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(file + 8)..]);
                for (int entry = 0; entry < entries; entry++)
                {
                    int name = names + (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(at + 8)..]);
                    if (image[name..].StartsWith(Encoding.ASCII.GetBytes(Needed + "\0"))) image[at + 4] |= 2;
                    at += (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(at + 12)..]);
                }

                int next = (int)BinaryPrimitives.ReadUInt32LittleEndian(image[(file + 12)..]);
                if (next == 0) break;
                file += next;
            }
        }
    }

    static int Offset(ReadOnlySpan<byte> image, int section) => (int)BinaryPrimitives.ReadUInt64LittleEndian(image[(section + 0x18)..]);
}
