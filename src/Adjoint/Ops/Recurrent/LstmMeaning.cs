namespace Adjoint.Ops;

/// <summary>What an LSTM means: in plain loops, forward and backward, and in other operations; and the samples for it.</summary>
internal static class LstmMeaning
{
    /// <summary>In operations that can be differentiated to any order: y, h and c from x [T, B, I], Wᵢₕ, Wₕₕ, h, c, and b where given.</summary>
    public static Tensor[] Composed(Tensor[] inputs, bool reverse)
    {
        (Tensor h, Tensor c, Tensor turned) = (inputs[3], inputs[4], inputs[2].T);
        Tensor[] steps = inputs[0].Linear(inputs[1], inputs.Length > 5 ? inputs[5] : null).Unbind(0);
        Tensor[] outputs = new Tensor[steps.Length];
        for (int n = 0; n < steps.Length; n++)
        {
            int t = reverse ? steps.Length - 1 - n : n;
            Tensor[] gates = (steps[t] + h.MatMul(turned)).Chunk(4, 1);
            c = (gates[1].Sigmoid() * c) + (gates[0].Sigmoid() * gates[2].Tanh());
            outputs[t] = h = gates[3].Sigmoid() * c.Tanh();
        }

        return [Tensor.Stack(outputs, 0), h, c];
    }

    /// <summary>y, what the gates made of their sums, and c of each step.</summary>
    public static (Plain Y, Plain Gates, Plain Cells) Forward(Plain[] inputs, bool reverse)
    {
        (Plain x, Plain wi, Plain wh) = (inputs[0], inputs[1], inputs[2]);
        (long steps, long batch, long size) = (x.Shape[0], x.Shape[1], wh.Shape[1]);
        (Plain y, Plain gates, Plain cells) = (Plain.Zeros([steps, batch, size]), Plain.Zeros([steps, batch, 4 * size]), Plain.Zeros([steps, batch, size]));
        for (long n = 0; n < steps; n++)
        {
            long t = reverse ? steps - 1 - n : n;
            for (long b = 0; b < batch; b++)
            {
                for (long j = 0; j < 4 * size; j++)
                {
                    double sum = inputs.Length > 5 ? inputs[5].Values[j] : 0;
                    for (long k = 0; k < x.Shape[2]; k++) sum += x[t, b, k] * wi[j, k];
                    for (long k = 0; k < size; k++) sum += Before(y, inputs[3], n, reverse, b, k) * wh[j, k];
                    gates[t, b, j] = j / size == 2 ? Math.Tanh(sum) : 1 / (1 + Math.Exp(-sum));
                }

                for (long j = 0; j < size; j++)
                {
                    cells[t, b, j] = (gates[t, b, size + j] * Before(cells, inputs[4], n, reverse, b, j)) + (gates[t, b, j] * gates[t, b, (2 * size) + j]);
                    y[t, b, j] = gates[t, b, (3 * size) + j] * Math.Tanh(cells[t, b, j]);
                }
            }
        }

        return (y, gates, cells);
    }

    /// <summary>From the inputs of <see cref="LstmSequenceBackward"/>: the gradients of Wᵢₕ, Wₕₕ, h, c, b and x.</summary>
    public static Plain[] Backward(Plain[] inputs, bool reverse)
    {
        (Plain x, Plain wi, Plain wh, Plain h, Plain c) = (inputs[3], inputs[4], inputs[5], inputs[6], inputs[7]);
        (Plain y, Plain gates, Plain cells) = (inputs[8], inputs[9], inputs[10]);
        (long steps, long batch, long size) = (x.Shape[0], x.Shape[1], wh.Shape[1]);
        (Plain dwi, Plain dwh, Plain dh, Plain dc) = (Plain.Zeros(wi.Shape), Plain.Zeros(wh.Shape), Plain.Zeros(h.Shape), Plain.Zeros(c.Shape));
        (Plain db, Plain dx) = (Plain.Zeros([4 * size]), Plain.Zeros(x.Shape));
        inputs[1].Values.CopyTo(dh.Values, 0);
        inputs[2].Values.CopyTo(dc.Values, 0);
        double[] d = new double[4 * size];
        for (long n = steps - 1; n >= 0; n--)
        {
            long t = reverse ? steps - 1 - n : n;
            for (long b = 0; b < batch; b++)
            {
                for (long j = 0; j < size; j++)
                {
                    double i = gates[t, b, j], f = gates[t, b, size + j], g = gates[t, b, (2 * size) + j], o = gates[t, b, (3 * size) + j];
                    double slope = dh[b, j] + inputs[0][t, b, j], shown = Math.Tanh(cells[t, b, j]);
                    double memory = dc[b, j] + (slope * o * (1 - (shown * shown)));
                    d[j] = memory * g * i * (1 - i);
                    d[size + j] = memory * Before(cells, c, n, reverse, b, j) * f * (1 - f);
                    d[(2 * size) + j] = memory * i * (1 - (g * g));
                    d[(3 * size) + j] = slope * shown * o * (1 - o);
                    dc[b, j] = memory * f;
                    dh[b, j] = 0;
                }

                for (long j = 0; j < 4 * size; j++)
                {
                    db.Values[j] += d[j];
                    for (long k = 0; k < size; k++)
                    {
                        dh[b, k] += d[j] * wh[j, k];
                        dwh[j, k] += d[j] * Before(y, h, n, reverse, b, k);
                    }

                    for (long k = 0; k < x.Shape[2]; k++)
                    {
                        dx[t, b, k] += d[j] * wi[j, k];
                        dwi[j, k] += d[j] * x[t, b, k];
                    }
                }
            }
        }

        return [dwi, dwh, dh, dc, db, dx];
    }

    /// <summary>The value before the step that comes n-th.</summary>
    static double Before(Plain all, Plain initial, long n, bool reverse, long b, long j) =>
        n == 0 ? initial[b, j] : all[reverse ? all.Shape[0] - n : n - 1, b, j];

    /// <summary>One step, one row, no row, units that fill no register, rows that make several chunks; with and without a bias, in both directions.</summary>
    public static IEnumerable<(Tensor[] Inputs, bool Reverse)> Cases(Generator random)
    {
        (long T, long B, long I, long H, bool Bias, bool Reverse)[] cases =
        [
            (4, 3, 2, 5, true, false), (3, 2, 4, 3, false, true), (1, 1, 3, 4, true, true), (3, 1, 1, 17, false, false), (2, 18, 2, 3, true, true), (3, 2, 3, 34, true, false), (2, 0, 3, 4, true, false),
        ];
        foreach ((long steps, long batch, long inputs, long size, bool bias, bool reverse) in cases)
        {
            Tensor Draw(params ReadOnlySpan<long> shape) => random.Normal(Shape.Create(shape), 0, 0.5, DType.F64);
            Tensor[] all = [Draw(steps, batch, inputs), Draw(4 * size, inputs), Draw(4 * size, size), Draw(batch, size), Draw(batch, size)];
            yield return (bias ? [.. all, Draw(4 * size)] : all, reverse);
        }
    }
}
