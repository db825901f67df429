using System.IO.Compression;
using System.Reflection.PortableExecutable;
using Adjoint.Tests.Formats;
using Adjoint.Tests.Repository;
using Xunit;

namespace Adjoint.Tests.Aot;

/// <summary>What <c>dotnet pack</c> makes of the library: the plain assembly, one with machine code for a fast start, and both of the size that is promised.</summary>
[Collection(Alone.Name)]
public class PackageTests(ITestOutputHelper output)
{
    const string Plain = "lib/net10.0/Adjoint.dll", Ahead = "runtimes/linux-x64/lib/net10.0/Adjoint.dll";

    [Fact]
    public async Task The_package_brings_a_small_library_and_its_code()
    {
        using var folder = new TemporaryFolder();
        (int status, string log) = await Command.Run("dotnet", "pack", Command.Find("src/Adjoint/Adjoint.csproj"), "-c", "Release", "-o", folder.File("packed"), "-nodeReuse:false", "-p:UseSharedCompilation=false");
        Assert.True(status == 0, log);
        Assert.DoesNotContain("warning", log, StringComparison.OrdinalIgnoreCase);

        using ZipArchive package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder.File("packed"), "*.nupkg")));
        (int plainSize, bool plainCode) = Read(package, Plain);
        (int size, bool code) = Read(package, Ahead);
        output.WriteLine($"{Plain}: {plainSize:N0} bytes; {Ahead}: {size:N0} bytes");

        Assert.False(plainCode);
        Assert.True(code);
        // A profile that the compiler cannot read leaves an image without code.
        Assert.InRange(size, 2 * plainSize, 5_000_000);
    }

    /// <summary>The size of an assembly, and whether it brings machine code.</summary>
    static (int Size, bool Code) Read(ZipArchive package, string name)
    {
        ZipArchiveEntry entry = package.GetEntry(name) ?? throw new InvalidDataException($"the package has no {name}.");
        using var memory = new MemoryStream();
        using (Stream stream = entry.Open()) stream.CopyTo(memory);
        memory.Position = 0;
        using var image = new PEReader(memory);
        return ((int)entry.Length, image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0);
    }
}
