using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Adjoint.Tests.Optim;

/// <summary>The optimizer and schedule cases of the golden file; where it comes from is told beside it.</summary>
static class Trajectory
{
    static readonly byte[] Bytes = File.ReadAllBytes(Find());
    static readonly int HeaderLength = (int)BinaryPrimitives.ReadInt64LittleEndian(Bytes);
    static readonly JsonElement Header = JsonDocument.Parse(Encoding.UTF8.GetString(Bytes, 8, HeaderLength)).RootElement;

    /// <summary>One tensor, in F64.</summary>
    public static double[] Values(string key)
    {
        JsonElement entry = Header.GetProperty(key);
        if (entry.GetProperty("dtype").GetString() != "F64") throw new InvalidDataException($"{key} is not F64");
        long[] offsets = [.. entry.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt64())];
        return MemoryMarshal.Cast<byte, double>(Bytes.AsSpan(8 + HeaderLength + (int)offsets[0], (int)(offsets[1] - offsets[0]))).ToArray();
    }

    static string Find()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string file = Path.Combine(folder, "tests", "Adjoint.Tests", "Golden", "ops.safetensors");
            if (File.Exists(file)) return file;
        }

        throw new FileNotFoundException("Golden/ops.safetensors is not above the tests");
    }
}
