// SPDX-License-Identifier: GPL-2.0-only
import java.io.IOException;

/** Copies standard input to standard output and error, as much as comes at once. */
class Copy {
	public static void main(String[] args) throws IOException {
		byte[] bytes = new byte[1 << 16];
		int n;

		while ((n = System.in.read(bytes)) > 0) {
			System.out.write(bytes, 0, n);
			System.err.write(bytes, 0, n);
		}
		System.out.flush();
		System.err.flush();
	}
}
