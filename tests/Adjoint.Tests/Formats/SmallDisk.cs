using System.Diagnostics;
using Xunit;

namespace Adjoint.Tests.Formats;

/// <summary>A real file system of a few kilobytes, in memory: full disks that are full, and read-only ones that stop root too.</summary>
/// <remarks>Mounting needs rights. Where they lack, the test is skipped with what <c>mount</c> said.</remarks>
sealed class SmallDisk : IDisposable
{
    const string Ballast = "ballast";

    readonly TemporaryFolder _folder = new();

    public SmallDisk(int kilobytes)
    {
        Path = _folder.File("disk");
        Directory.CreateDirectory(Path);
        (int code, string said) = OperatingSystem.IsLinux() ? Run("mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", Path) : (1, "only Linux has tmpfs");
        if (code == 0) return;
        _folder.Dispose();
        Assert.Skip($"a small disk cannot be mounted here: {said.Trim()}");
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Fills the disk but for a number of bytes, rounded down to whole pages.</summary>
    public void Fill(long except = 0)
    {
        using var ballast = new FileStream(File(Ballast), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        ballast.Write(new byte[Math.Max(0, new DriveInfo(Path).AvailableFreeSpace - except)]);
    }

    /// <summary>Takes away what <see cref="Fill"/> put there.</summary>
    public void Clear() => System.IO.File.Delete(File(Ballast));

    public void MakeReadOnly()
    {
        (int code, string said) = Run("mount", "-o", "remount,ro", Path);
        Assert.True(code == 0, said);
    }

    /// <summary>All files and folders, of all levels, but the ballast.</summary>
    public string[] Names => [.. Directory.EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories).Select(p => System.IO.Path.GetRelativePath(Path, p)).Where(n => n != Ballast).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        (int code, string said) = Run("umount", Path);
        if (code != 0) (code, said) = Run("umount", "-l", Path);
        Assert.True(code == 0, said);
        _folder.Dispose();
    }

    static (int Code, string Said) Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            string said = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, said);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (1, e.Message);
        }
    }
}
