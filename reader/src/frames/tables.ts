/**
 * The tables of RFC 6330 for blocks of at most 8,192 symbols: random numbers (section 5.5) and the parameters of each K'
 * (section 5.6), in a form that packs well. S, H and W are not computed: the RFC gives no formula for them.
 */
import { fromBase64 } from "../page/base64";

/** V0 to V3, 256 big-endian numbers of 4 bytes each. */
const NUMBERS =
  "DvpmAOuSRM/I7L8k8pnVgAded4fHveKLv9kayXfnObMuK4HSjzflRTvdbFJt6GqxGZBb/N9MfVBe2KuYts71O1Vvxr8eCoN6eSfmDcvOreinO1/muOtu" +
  "euMDtbKVGxz77SnfpQ6qVS3vbQE7JrpM+HW36vSeBzomjIuQwSkaifgqqlnEokmoBgtwwnTSu8GTw1NZsVelEmXgTGAGwKqoHwdQRWvps3bVLqAkIxYu" +
  "Ht6yjUt1ee7iD4sOLTbuvROnDQeD+8uSl8/6yxOGM1Oc59skFjWZ4TAIxWx5QCiayCMSUSFy9R/UhEUHYQ4qRfUaol8Vkfpntzv7Spnx8VTz47SzegVx" +
  "ylVSHnUDSVEpoXoHtBjzu0zoQ5ksrzO0zAAuYtTfdjeO3C52J1h9sc47E7NFaiLNhedAKMExQi5j3clTZPRtc5jzvGTcjoPmkY/AVMlFciNZ5Bpv/t2p" +
  "lpQr1V7d7ovtl/UG7EvIkaCi6P9zwVVrGU8pn1BMtMOfGHNEkRpkEpdxj5tSfzqQ9cjYG1rRXMqhcA2hPmR1kYTn/LBK1Eo0+ydlcVqtzJu1TtkhGQqu" +
  "vgCi62Meu8kIzhVN7n4c3tqiIc9ewUXI2jLrvNwZY9jjE2vOvmsZxlySyn9bddHE2lP2n7FJPkWQ6Xvhkw+79sWamUcZk1Jnxf/I3T8myk/sRwYgi7WW" +
  "1jeTBESDl8CeajnEVjR4XNE4hzAWAUWyyizBuroJ7D40oZiiBak2T4o8LVmIqdS/VBWgLBUhFsKjyZvL2zSkkrhSVtL9zzStG9vEZPj+X6Q7L3ZVZiY8" +
  "eR4vomuVd7aKURO5r5l9CEa9MPf6o83GBWBqe1IvEoX1/gbauH+6XeLUbzFau6jecdJby/f61MjsrcHu0EZjIGnqfEoYcovqJjUipmIL9fNEFNiH7K+V" +
  "NMltySS+UAG+EjHMpblEZot5yu9IB1MYD2Y0VeTCq8B7riGqv5SDXMTtPZ40gCTEUMxxpQxaGfyQSoZwFWS8aGBp+QjDCTqmaZGq46lnGfpoYVT4VLM1" +
  "hic9HYkLkTWvwTWGtQJNX+wR/kDD+OrdqxG4oqJ/bEWBWZW4Ddq2Pm7ePAtsDfyFAoPws4mi/0dUQ1Yuhr38Nl+qa5pzw8KRu+OtaTzUC4zNGu8OrGe/" +
  "FVHWJl4tZePTCdy2DOvSmqmgYdnBSQqwqvKN49qw6p0YQNuojAy8IJY4boW+1aqRLTu9Vz3iMcHY4hPADs8e3eM3s2uINO8sDtGEJ5rr3+5nIbd0wt56" +
  "fLz/t6sXOegvEZxEA8RHjaLdvZyTSU+YRazkF+pXfVcGmAIoar1wP3p4ETgVJNhjvgIsH4YYd2YTZnbYWJuUUPYgtzAfuUV5xtLHxuLC5E2cjumH0Mw7" +
  "ID877GRoaS4WNxfW0Rut3Wlm0ZVLuYxcmycUHnonKwnn8m5bgFNiefVCQlE2jIsW382EninA1xJ/DQOJTgRcVg1gpGbyUXKH2OGi2GQZY5jMhixKahJ5" +
  "kbblgZ5U4Xk1PZksEPFsJrXE1BuxGRHaNar5BCMSlACqD3DCF/HTqu1d5jJQ926ASQaSRzizOSIB/+zTFdCw73w7fGK7HcKI50fdr3aypaKBJiv+lbVy" +
  "uZcdAk+/oCLiXo65kgGWTXqtAvrZA+UdCyv6Z8zsGMo5lgEmckmPMxBXf2HZnmf00AQikZLFeXRDqDLLIyqf0vlBPmopfrHAXPA2Qdju+ZlYyJpeR+A6" +
  "+cq3xEOACB4t3x8KfbXybzDX4JwfuSghqp0CdwXStRQ/X7nyp6S017ULQH3YMD5BNG5RORmYSDUrAEBuivd2b6nuJ5TsxDeglY/jcuDeomJhe1EK9ph3" +
  "tnnu8Xs500QNpbEE6LP7Zl8g9SlqI1i8ktCf6xJQvjfA/uQH5agKp475KIbfw5woHx44Dwi5KVr0rAk4tJE3zNNWmY8TyoL+OjYqLbostke1SFyEhpdA" +
  "In+ETjTBVhBdwEyi7dr83Jyg31o9zd14dnUETxrRNCMdjJOTwiyLXrB0qsVEQWuoMpEtyj7muljxcJVRZa2xapX4CKMAS+Iq/8Li0hzbbBX4GJbPbETn" +
  "rh3j3sEKP5ividZ6KbV1+VLRe+t6h0c69BU/5Tb1obJfC8lUceOCL4A3LMIc0JofG1f9UEMgbTrxJ0cQJEA4bgUeAdyK4L01fGvTjyzwYeV+6HGJ0dIz" +
  "XzScw1+mMP5WZJ66IxIFJ7jRHSZli8YNf72DElh+Z0dLH5++PVo/LqliPV/f4aVuIXMM8pO23OpWq+GWluNjLbVu834RoAD94XWwxhtibCHizrHeuANL" +
  "a04Lou8pQZsAG9TuAarxpnihWN4z05hIGbMAoj0VRLduf8z7ykVHv1ly636z+XrIUIfza7iXdP+04Nrsl6t79klesVfIZ5IOCYksmR1NEuXuDan223So" +
  "hjXbvkvStMXIa0bRUS4SzVU1ZclIcTD+c/mVdvQGEjMwDfx6y726pHG+JCSMH1PH5UyziTkbKx1Gb2lyhzb+4xLnHONWy/2OglRNOh91e+gQtn9UpjGB" +
  "Q9ioQh01CfS5ZkBSXGT68W+D1jUArBmU9roWLbP+agxAOsVr/2cMLh+kGvdnwKbs2y7egrk0SZ3ct2k4o4S9Oog04Eq9K70QTngaWta6C9KTNgK9B21O" +
  "6/QnrPcANyh2lQjjOf/zATA2NUK7lv3Y99lS01qdGH1YdRaokwnW1scvZ/Z31sBhJTsEENc4kKaR9p4dmA/esj9S2rcHMRuZihQv9BIOJKVyLoLzJ+5g" +
  "Cn38NYXi7I/edR8vgvEqQ03mdp74nEyM8MOGkb9Plw3J6SQNEXfKPdormced3AAcluIyy9LfwXQuGMMT+W1UjWuKBs3HgRlzz2MUz+ypQz5wwYdijSTf" +
  "AtLbUFOw+cMK/CwMrjGV4g+u/VWzD7zFHAc0EQO+wRs8FS+qF4je1fVdW8foaOloUAEyTaXMRXOEquKjsIycpHV4t9fzZtwK3sdxPe6gYa+vBfMO9P07" +
  "RSmGVbBSwyd7BiOlIXjErQFzISy6EvWiG8Csq+7v18azZDa+fX3BrtfOhQCwruKxVF/aAoP6mk+nHQ5woQJm0YZzeMjVRgLJwKSrQst7rgCdRr1raPty" +
  "X3eYlhNpSW68D4/AxuwiHJJbVwvu1FynAkzxYKlrORzY58cZPiH12+e3YG5HVE3IROl4zjjYejIoGTvU0ZlvN3LBHF1AsYmVUSPtI2UJa0KNibAw066w" +
  "uxs5rVRNGwhAJ/ZbHoqphQqYZBhlZCA6hX+qYx61Ayau8L1348VKLFIMCpOg+ho3OaEEDz4Zjk8qqypJCjpNAV/JjKFJJiVQ2WLiZlR+PGXzm7OfhZ23" +
  "mPn9cOBVxgmOAThDLgch/bd4efAQmBEt5lJYnPLzWy37HbGb/RKRPhPVcFRdrDTs5wiBu0ZJcaWyyBKbNrFANwdXnNl8ZwJR+FRjS80C/KIbusQX7/LW" +
  "EMuhj5FDoO//fpJ+Z9+bvNsS4RBUS5Muq0yYmK2htBC/EWTUzP/7ggdYZJfVaDysQFaJi9PRFfoXJMOteaQMtUvd92eIcc07PqippBHU9MkzvP6oPZOD" +
  "GG6U3SuWYR2oPSsQ/t1kLZmeiTaca83Kz+p3pQhM7Wawl0nJ2FMCHRURvdS7B7/MHmXEDPsW1Yx8BxfB3CJmCKYy9qB9okqSUHf/TXSx6vWV5t98glhm" +
  "N5HVyVX8eDM4x1Le0Snwviznf94y7W4OdHhhtKF29YrxQIwetbrrLGNkHpEv/d1pRnTxYP4/Ehz7PD8XySaVHxZDp/qSSMcSjVqu/dmfLKGcKCsJYnSc" +
  "7lyaxS1JKXGqKfR4mNxWxXOYJCzTnRzWxTVam3TD95NkuLaVPjsDZzbhUzRqiIuGEwJ8vZR0ND48iCJ1/T3OivplBe5jAEp5OBvGmUak0/kTxc8lFkt8" +
  "nanpoAQq01K3l5yU/cTfM0nKZSR9PcHBgyH26EcsNpUTE8UziK1M2hg0r2PJC0WvJDvHNlzoKaMxvlDTjA6PKsLlBmtzkNymcMM14NuT2VpqiTJc7YJz" +
  "5MCn5k5bPK+kMUd1kOr9Zb6WtQHIgRvQeiWIRwLcWCxmUJuXYdlLv4VrZcPdUNJHj0MdktKwbCz+sL4qmLaGdVCrLNhGe29MJwhYWQN1lhW2nt16hEBo" +
  "6ULIuK6oNgk1yyB37HRic3qTsMspQRomCxwI4TGkDJIzP3FoTHrfHoZM2uSzBWUFaKdvoIV5PMb+kyXggjokVS3ZfTxKdb+iRx/X1Z6N0JYmUxcdZI7r" +
  "eqJ9FEYam5Fh9bOTbuDKMVICPsFAC32FAdVOqWt0YzaY7cw6ELbtb3qs4l0+8R6g8LY4m/NldA7z9V6JLNUdYQCfYlrNU/2RQ7+idoVVRycdl6ny2D1d" +
  "7OxunUnj/gvGs26GyGGtQSiRw1/RDaYo4WqmI1UJuRkc0pOlIygslimtQN+c42AJCPUMCbnl30SnDNnWC53jdWIt6WYdxpjHTwJGZud/AfnzxN3pM6Xh" +
  "6vG65G4D5LBoLdkWOgNkTLISQ3MurjvbNfxVkk/rjqRhjNV/MqsvpbQ78b4o12LgBlA62CVla0LNLsNgxfOdUtcvdqIUKae1HX5rG5L79g+DKe3c6mjE" +
  "mGUaeKtR6iiVJ5U2+08VKp/x6QyBQZuX1EhJZyfSVO4ojkSq3iDWOvkvXG3GyquJOCfuKKGjkE16vWiE/kFcFr7+3B4N4RYQNI8FmYaaMYx5zszQ4Aqp" +
  "jtd9uw1/fBKxUInOWa5EAbnKzcRhfX2aAYvg6Q8dweELy7gw9o0IE86XlHuXbP170rutSrTltZ3DUVg+kYMr1JugUrhIDd8I8fKwj2afQwLX0n0d90hK" +
  "p60zu3Vv3u2Lj3Kg4yXA8cuhuNFfp8GWXLA2C8sm8UIX/+7ZMjTQXCaJRdBlDqkFFV9haXUtua24hYh8txKGQamDOFG54RYrQTNiSuFFg6TTxpZ12j2U" +
  "zqH0nvfB6Er0s8rKm/dlvm4312HyAN8UcGnxNRv5RbuRTQvh2lJWN/WuRG6Kpdd97InisHi+DEnTlnKDcel7Y1kbDpY4VrbIAMVeib0c1rv9Aemjqtff" +
  "R4mllrTRQH+JyPt3Pnkubfq9Taj64vClnWm0B3z0QOH1YuUR2Gzve/SlhO1uuX9H4pA6VBqSeVa2IZbwNYTXJ8DDCWdPAXKSscF7FWCASruiIIeYNMF+" +
  "6s+8x0ux0A6l5+weNCCTRoRa3RilnZ0WwYFYvoCxAMkcOUp/HkB7bqI9z5kzxApn3or7qT0lAf1jEhAQXu3S/qldJcUYy3N2YHrDuxmoUHJQKDWB5ZJ8" +
  "nDDy/lcckeWEMF5fmLwlSk/+t1gh9xScJ0ZkblwhNGfxwczP+qRavAvD4qY2yVbJDpBxHm7HsQfXaVJob5zjsUI9PkC1hyR+O7fHG6e7gC/DkMqDpz7V" +
  "AVo4zJRc+A==";

/** K', each as the step from the one before. */
const SIZES =
  "10 2 6 2 6 4 2 4 6 4 2 1 6 5 2 7 6 9 4 3 4 2 4 13 5 6 2 11 2 9 4 7 6 2 11 2 4 2 13 13 4 8 11 6 6 9 6 6 11 15 6 4 " +
  "19 13 4 6 8 7 6 4 8 5 8 12 13 10 6 13 6 13 12 8 5 6 14 15 6 10 7 8 6 10 7 8 6 6 6 13 14 7 8 18 9 10 8 10 15 10 8 " +
  "11 12 19 14 10 9 10 14 10 15 10 21 12 10 13 12 12 13 14 12 13 18 12 18 24 11 14 12 25 16 17 14 22 15 16 19 14 16 " +
  "21 41 14 28 15 16 16 25 16 25 20 17 22 18 21 16 33 24 25 18 18 25 18 23 24 20 19 24 19 20 28 25 26 35 30 33 22 27 " +
  "43 22 30 31 37 24 28 25 24 31 26 29 26 37 36 39 28 33 36 35 30 29 44 31 32 41 36 41 45 50 35 38 41 34 45 43 36 43 " +
  "36 37 40 37 42 39 54 41 48 43 41 46 45 54 43 53 42 45 66 47 53 50 45 54 59 55 50 49 58 63 53 54 55 53 56 53 54 55 " +
  "57 58 57 60 71 57 69 60 73 79 64 63 67 64 63 67 64 91 71 66 75 69 79 78 77 75 77 96 79 85 75 76 79 95 85 80 95 81 " +
  "83";
/** J(K'), the systematic index. */
const INDICES =
  "254 630 682 293 80 566 860 267 822 506 589 87 520 159 235 157 502 334 583 66 352 365 562 5 603 721 28 660 829 900 " +
  "930 814 661 693 780 605 551 777 491 396 764 843 646 557 608 265 505 722 263 999 874 160 575 210 513 503 558 932 " +
  "404 520 846 485 728 554 471 641 732 193 934 864 790 912 617 587 800 923 998 92 497 559 667 912 262 152 526 268 212 " +
  "45 898 527 558 460 5 895 996 282 513 865 870 239 452 862 852 643 543 447 321 287 12 251 30 621 555 127 400 91 916 " +
  "935 691 299 282 824 536 596 28 947 162 536 1000 251 673 559 923 81 478 198 137 75 29 231 532 58 60 964 624 502 636 " +
  "986 950 735 866 203 83 14 522 226 282 88 636 860 324 424 999 682 814 979 538 278 580 773 911 506 628 282 309 858 " +
  "442 654 82 428 442 283 538 189 438 912 1 167 272 209 927 386 653 669 431 793 588 777 939 864 627 265 976 988 507 " +
  "640 15 667 24 877 240 720 93 919 635 174 647 820 56 485 210 124 546 954 262 927 957 726 583 782 37 758 777 104 476 " +
  "113 313 102 501 332 786 99 658 794 37 471 94 873 918 945 211 341 11 578 494 694 252 451 83 689 488 214 17 469 263 " +
  "309 984 123 360 863 122 522 539 181 64 387 967 843 999 76 142 599 576 176 392 332 291 913 608 212";
/** S(K'), as steps. */
const LDPC =
  "7 0 4 0 0 0 0 0 0 2 0 0 0 0 0 0 4 0 0 0 0 0 0 2 0 0 0 0 0 4 0 0 0 0 0 0 0 0 0 0 6 0 0 0 0 0 0 0 0 0 0 0 2 0 0 0 0 " +
  "0 0 6 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 4 0 0 0 0 0 0 0 0 0 0 0 0 2 0 0 4 0 0 0 0 0 0 0 0 0 6 0 0 0 0 0 0 0 0 0 0 0 0 " +
  "0 6 0 0 0 0 0 0 0 0 0 0 0 0 2 0 0 0 0 6 0 0 0 0 0 0 0 0 0 4 0 0 0 0 0 2 0 0 0 0 6 0 0 0 0 0 0 0 0 4 0 0 0 0 0 0 6 " +
  "0 0 0 0 0 0 0 8 0 0 0 0 0 0 0 0 0 0 4 0 0 0 0 0 2 0 4 0 0 0 2 0 4 0 0 0 0 14 0 0 0 0 0 0 0 0 0 0 0 0 0 0 4 0 0 0 6 " +
  "0 0 0 0 0 2 0 10 0 0 0 0 0 0 0 0 2 0 6 0 0 0 0 0 6 0 0 0 0 4 0 0 6 0 0 0 6 0 0 0 0 2 0 10 0 0 0 0 0 0 2 4 0 0 2 12 " +
  "0 0 0 0 0 0";
/** P = K' + S + H - W, as steps. */
const INACTIVE =
  "10 0 0 0 0 0 0 0 0 0 0 1 0 1 0 1 0 1 0 1 0 0 0 1 1 0 0 1 0 1 0 1 0 0 1 0 0 0 1 1 0 0 1 0 0 1 0 0 1 1 0 0 1 1 0 0 0 " +
  "1 0 0 0 1 0 0 1 0 0 1 0 1 0 0 1 0 0 1 0 0 1 0 0 0 1 0 0 0 0 1 0 1 0 0 1 0 0 0 1 0 0 1 0 1 0 0 1 0 0 0 1 0 1 0 0 1 " +
  "0 0 1 0 0 1 0 0 1 0 1 0 0 1 0 1 0 0 1 0 1 0 0 1 1 0 0 1 0 0 1 0 1 0 1 0 0 1 0 1 0 1 0 0 1 0 1 0 0 1 0 1 0 0 1 0 1 " +
  "0 1 0 1 1 0 0 1 1 0 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 1 0 1 0 1 0 1 1 0 1 0 1 0 1 0 1 0 1 0 1 1 0 1 0 1 " +
  "1 0 1 0 1 1 0 1 0 1 1 0 1 0 1 1 0 1 1 0 1 0 1 1 0 1 0 1 1 1 0 1 1 0 1 1 0 1 1 0 1 1 0 1 1 1 0 1 1 1 0 1 1 1 0 1 1 " +
  "1 0 1 1 1";

const numbers = (list: string): number[] => list.split(" ").map(Number);

function sums(list: string): number[] {
  let sum = 0;
  return numbers(list).map((step) => (sum += step));
}

/** What RFC 6330 section 5.3.3.3 derives from the number of source symbols of a block. */
export interface Parameters {
  /** K', the symbols with padding. */
  readonly padded: number;
  /** J(K'). */
  readonly index: number;
  /** S, H: rows of the two kinds of constraints. */
  readonly ldpc: number;
  readonly hdpc: number;
  /** W, P = L - W, L: columns that are looked for by peeling, columns that are not, all of them. */
  readonly active: number;
  readonly inactive: number;
  readonly all: number;
  /** P1, the smallest prime that is not below P. */
  readonly prime: number;
}

let table: readonly (readonly number[])[] | undefined;

/** The parameters of a block of `count` source symbols, 1 to 8,192. */
export function parametersOf(count: number): Parameters {
  table ??= [sums(SIZES), numbers(INDICES), sums(LDPC), sums(INACTIVE)];
  const row = (table[0] as number[]).findIndex((size) => size >= count);
  if (row < 0 || count < 1) throw new RangeError(`a block of ${count} symbols`);
  const [padded, index, ldpc, inactive] = table.map((column) => column[row]) as [number, number, number, number];
  const hdpc = padded < 1050 ? 10 : 11;
  const all = padded + ldpc + hdpc;
  let prime = inactive;
  while (!isPrime(prime)) prime++;
  return { padded, index, ldpc, hdpc, active: all - inactive, inactive, all, prime };
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return true;
}

let random: Uint32Array | undefined;

/** Rand[y, i, m] of RFC 6330 section 5.3.5.1; y below 2^32. */
export function rand(y: number, i: number, m: number): number {
  random ??= unpack();
  const at = (part: number): number => (random as Uint32Array)[256 * part + (((y >>> (8 * part)) + i) & 255)] as number;
  return ((at(0) ^ at(1) ^ at(2) ^ at(3)) >>> 0) % m;
}

function unpack(): Uint32Array {
  const bytes = fromBase64(NUMBERS) as Uint8Array;
  const view = new DataView(bytes.buffer);
  return Uint32Array.from({ length: 1024 }, (_, at) => view.getUint32(4 * at));
}
