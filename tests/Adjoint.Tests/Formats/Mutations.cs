using Xunit;

namespace Adjoint.Tests.Formats;

/// <summary>Damages a valid file in every simple way: bytes changed, cut off, inserted, repeated.</summary>
public static class Mutations
{
    /// <summary>Memory that a reader may take whatever the file's size: its buffers.</summary>
    const long Fixed = 4 << 20;

    /// <summary>Memory that a reader may take for each byte of a file that is not compressed.</summary>
    const long PerByte = 64;

    /// <summary>Reads each mutation: the reader must refuse it with one sentence, or return what <paramref name="check"/> accepts, within memory in proportion to the file.</summary>
    /// <param name="valid">The file that is damaged.</param>
    /// <param name="count">The number of mutations.</param>
    /// <param name="operation">What the sentences begin with.</param>
    /// <param name="check">Reads a mutation and compares what comes out with an independent reading.</param>
    /// <param name="damage">How a file is damaged; by default in its bytes.</param>
    public static void Each(byte[] valid, int count, string operation, Action<byte[]> check, Func<byte[], Generator, byte[]>? damage = null)
    {
        var random = new Generator(7);
        int refused = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] damaged = (damage ?? Damage)(valid, random);
            long before = GC.GetAllocatedBytesForCurrentThread(), live = TensorMemory.LiveBytes;
            TensorMemory.ResetPeak();
            try
            {
                using Scope scope = Scope.Begin("mutation");
                check(damaged);
            }
            catch (FormatException e)
            {
                refused++;
                Assert.StartsWith($"{operation}: ", e.Message, StringComparison.Ordinal);
                Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Fixed + (PerByte * damaged.Length));
            // Tensors that nobody refers to may be collected meanwhile: only growth is of interest.
            Assert.InRange(TensorMemory.PeakBytes - live, long.MinValue, (1 << 16) + (PerByte * damaged.Length));
        }

        Assert.InRange(refused, count / 20, count);
    }

    /// <summary>One to three changes of bytes.</summary>
    public static byte[] Damage(byte[] valid, Generator random)
    {
        List<byte> bytes = [.. valid];
        for (long changes = 1 + random.NextInteger(3); changes > 0; changes--)
        {
            int at = (int)random.NextInteger(Math.Max(bytes.Count, 1));
            switch (random.NextInteger(5))
            {
                case 0: bytes[at] = (byte)random.NextInteger(256); break;
                case 1: bytes[at] ^= (byte)(1 << (int)random.NextInteger(8)); break;
                case 2: bytes.RemoveRange(at, bytes.Count - at); break;
                case 3: bytes.Insert(at, (byte)random.NextInteger(256)); break;
                default: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(16, bytes.Count - at))); break;
            }

            if (bytes.Count == 0) return [];
        }

        return [.. bytes];
    }
}
